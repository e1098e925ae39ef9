import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "../src/ar/device.ts";
import { hasTrueSize, offerFor } from "../src/ar/offer.ts";
import { quickLookHref } from "../src/ar/quick-look.ts";
import { sceneViewerIntent } from "../src/ar/scene-viewer.ts";
import { aFile, aProduct } from "./builders.ts";

const PAGE = "https://shop.example/chairs/7?colour=red#top";
const IPHONE: Device = { os: "ios", inApp: false, quickLook: true, sceneViewer: false };
const PIXEL: Device = { os: "android", inApp: false, quickLook: false, sceneViewer: true };
const LAPTOP: Device = { os: "other", inApp: false, quickLook: false, sceneViewer: false };

test("an iPhone gets the usdz by Quick Look", () => {
  const offer = offerFor(aProduct(), IPHONE, { webxr: false, page: PAGE });

  assert.deepEqual(offer, {
    kind: "quick-look",
    href:
      "https://vitrine.example/files/ios.usdz#allowsContentScaling=0" +
      "&canonicalWebPageURL=https%3A%2F%2Fshop.example%2Fchairs%2F7%3Fcolour%3Dred",
  });
});

test("an Android phone without WebXR gets the android file by Scene Viewer", () => {
  const offer = offerFor(aProduct(), PIXEL, { webxr: false, page: PAGE });

  assert.equal(offer.kind, "scene-viewer");
  assert.match(
    "href" in offer ? offer.href : "",
    /file=https%3A%2F%2Fvitrine\.example%2Ffiles%2Fandroid\.glb&/,
  );
});

test("WebXR goes before Scene Viewer", () => {
  assert.deepEqual(offerFor(aProduct(), PIXEL, { webxr: true, page: PAGE }), { kind: "webxr" });
});

test("a laptop gets nothing", () => {
  assert.deepEqual(offerFor(aProduct(), LAPTOP, { webxr: false, page: PAGE }), {
    kind: "unavailable",
    hint: null,
  });
});

test("a browser inside an app is told which one to open", () => {
  const inside = (device: Device): unknown =>
    offerFor(aProduct(), { ...device, inApp: true }, { webxr: true, page: PAGE });

  assert.deepEqual(inside(IPHONE), { kind: "unavailable", hint: "safari" });
  assert.deepEqual(inside(PIXEL), { kind: "unavailable", hint: "chrome" });
});

test("a product with AR switched off gets nothing anywhere", () => {
  const product = aProduct({ ar_enabled: false });

  for (const device of [IPHONE, PIXEL, { ...IPHONE, inApp: true }]) {
    assert.deepEqual(offerFor(product, device, { webxr: true, page: PAGE }), {
      kind: "unavailable",
      hint: null,
    });
  }
});

test("a product sent as usdz goes to an iPhone as it came", () => {
  const url = "https://vitrine.example/files/sent.usdz";
  const product = aProduct({ format: "usdz", model_3d_url: url, variants: {} });

  const offer = offerFor(product, IPHONE, { webxr: false, page: PAGE });

  assert.equal("href" in offer && offer.href.split("#")[0], url);
});

test("without a file of its own a phone gets no button", () => {
  const product = aProduct({ variants: { web: aFile("web.glb") } });

  for (const device of [IPHONE, PIXEL]) {
    assert.deepEqual(offerFor(product, device, { webxr: false, page: PAGE }), {
      kind: "unavailable",
      hint: null,
    });
  }
});

test("the intent names the file, the title, the page without its hash, and a way back", () => {
  const file = "https://vitrine.example/f/a b&c.glb";
  const intent = sceneViewerIntent({ file, title: "Sofa & Søn", page: PAGE, trueSize: true });

  const [address = "", rest = ""] = intent.split("#Intent;");
  const query = new URLSearchParams(address.split("?")[1]);
  assert.deepEqual(Object.fromEntries(query), {
    file,
    mode: "ar_preferred",
    title: "Sofa & Søn",
    link: "https://shop.example/chairs/7?colour=red",
    resizable: "false",
  });
  assert.doesNotMatch(address, /\+/);
  assert.match(rest, /^scheme=https;package=com\.google\.android\.googlequicksearchbox;/);
  assert.match(
    rest,
    /S\.browser_fallback_url=https%3A%2F%2Fshop\.example%2Fchairs%2F7%3Fcolour%3Dred%23vitrine-no-ar;end;$/,
  );
});

test("a model in the wrong unit stays resizable", () => {
  assert.equal(hasTrueSize(aProduct({ dimensions_m: [0.6, 0.9, 0.6] })), true);
  assert.equal(hasTrueSize(aProduct({ dimensions_m: [60, 90, 60] })), false);
  assert.equal(hasTrueSize(aProduct({ dimensions_m: [0.001, 0.002, 0.001] })), false);
  assert.equal(hasTrueSize(aProduct({ dimensions_m: null })), false);
  assert.match(quickLookHref("https://v.example/a.usdz", PAGE, false), /#allowsContentScaling=1&/);
});
