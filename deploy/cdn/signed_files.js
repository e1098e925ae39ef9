/*
 * A CloudFront Function (cloudfront-js-2.0, viewer request) before the bucket: lets through what
 * `vitrine/catalog/signatures.py` signed, until it expires, and asks the bucket for the file's own key.
 * `python manage.py cdn_function` prints it with the keys filled in; they are derived from SECRET_KEY and can sign
 * addresses of files, nothing else. The tests run it with the same vectors as the Python.
 */
// biome-ignore lint/style/useNodejsImportProtocol: CloudFront knows it by this name only
const crypto = require("crypto");

/** Key id to key. */
const KEYS = {};

const SIGNED =
  /^\/files\/(([0-9a-f]{8})\.[ps]([0-9]{1,12}))\.([A-Za-z0-9_-]{43})(\/models\/[A-Za-z0-9._/-]+)$/;

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it
function handler(event) {
  const request = event.request;
  const found = SIGNED.exec(request.uri);
  if (!found || !isGood(found)) {
    return {
      statusCode: 404,
      statusDescription: "Not Found",
      headers: { "cache-control": { value: "no-store" } },
    };
  }
  request.uri = found[5];
  request.querystring = {};
  return request;
}

function isGood(found) {
  const head = found[1];
  const key = KEYS[found[2]];
  if (!key || Number(found[3]) * 1000 <= Date.now() || found[5].includes("..")) return false;
  const mac = crypto
    .createHmac("sha256", key)
    .update(head + found[5])
    .digest("base64url");
  return isSame(mac.replace(/=+$/, ""), found[4]);
}

/** Takes as long whatever differs. */
function isSame(one, other) {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
