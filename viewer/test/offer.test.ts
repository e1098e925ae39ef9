import assert from "node:assert/strict";
import { test } from "node:test";
import { callAddress } from "../src/ar/address.ts";
import type { Device } from "../src/ar/device.ts";
import { type Offer, offerFor, type XRSupport } from "../src/ar/offer.ts";
import { quickLookHref } from "../src/ar/quick-look.ts";
import { sceneViewerIntent } from "../src/ar/scene-viewer.ts";
import { hasTrueSize, sessionWishes } from "../src/ar/wishes.ts";
import type { Product } from "../src/product.ts";
import { aFile, aProduct } from "./builders.ts";

const PAGE = "https://shop.example/chairs/7?colour=red#top";
const IPHONE: Device = { os: "ios", inApp: false, quickLook: true, sceneViewer: false };
const PIXEL: Device = { os: "android", inApp: false, quickLook: false, sceneViewer: true };
const LAPTOP: Device = { os: "other", inApp: false, quickLook: false, sceneViewer: false };

function offered(product: Product, device: Device, xr: XRSupport = "unsupported"): Offer {
  return offerFor(product, device, { xr, page: PAGE, language: "en" });
}

function quickLook(given: Partial<Product> = {}, language = "en"): Record<string, string> {
  const href = quickLookHref(aProduct(given), "https://v.example/a.usdz", { page: PAGE, language });
  return Object.fromEntries(new URLSearchParams(href.split("#")[1]));
}

function intentOf(given: Partial<Product> = {}): Record<string, string> {
  const showing = { file: "https://v.example/a.glb", page: PAGE };
  const address = sceneViewerIntent(aProduct(given), showing).split("#Intent;")[0];
  return Object.fromEntries(new URLSearchParams(address?.split("?")[1]));
}

test("an iPhone gets the usdz by Quick Look", () => {
  assert.deepEqual(offered(aProduct(), IPHONE), {
    kind: "quick-look",
    href:
      "https://vitrine.example/files/ios.usdz#allowsContentScaling=0" +
      "&canonicalWebPageURL=https%3A%2F%2Fshop.example%2Fchairs%2F7%3Fcolour%3Dred",
  });
});

test("an Android phone without WebXR gets the android file by Scene Viewer", () => {
  const offer = offered(aProduct(), PIXEL);

  assert.equal(offer.kind, "scene-viewer");
  assert.match(
    "href" in offer ? offer.href : "",
    /file=https%3A%2F%2Fvitrine\.example%2Ffiles%2Fandroid\.glb&/,
  );
});

test("WebXR goes before Scene Viewer", () => {
  assert.deepEqual(offered(aProduct(), PIXEL, "yes"), { kind: "webxr" });
});

test("each device is told why it gets nothing", () => {
  const none = { inApp: false, quickLook: false, sceneViewer: false };
  const firefox: Device = { ...none, os: "android" };
  const headset: Device = { ...none, os: "headset" };
  const oldPhone: Device = { ...none, os: "ios" };
  const product = aProduct();
  const insecure = aProduct({
    variants: { android: { ...aFile("android.glb"), url: "http://v.example/a" } },
  });

  const cases: readonly [Product, Device, XRSupport, string, string?][] = [
    [aProduct({ ar_enabled: false }), PIXEL, "yes", "disabled"],
    [product, LAPTOP, "unsupported", "desktop"],
    [product, LAPTOP, "blocked-by-frame", "desktop"],
    [aProduct({ variants: {} }), LAPTOP, "unsupported", "no-file"],
    [product, firefox, "unsupported", "unsupported", "chrome"],
    [product, firefox, "blocked-by-frame", "blocked-by-frame"],
    [product, headset, "no-secure-context", "no-secure-context"],
    [product, headset, "unsupported", "unsupported"],
    [product, oldPhone, "no-secure-context", "unsupported"],
    [insecure, PIXEL, "no-secure-context", "no-secure-context"],
    [product, { ...IPHONE, inApp: true }, "yes", "in-app-browser", "safari"],
    [product, { ...PIXEL, inApp: true }, "yes", "in-app-browser", "chrome"],
    [aProduct({ variants: { web: aFile("web.glb") } }), IPHONE, "unsupported", "no-file"],
    [aProduct({ variants: { web: aFile("web.glb") } }), PIXEL, "unsupported", "no-file"],
  ];

  for (const [sold, device, xr, reason, browser] of cases) {
    const expected = { kind: "unavailable", reason, ...(browser ? { browser } : {}) };
    assert.deepEqual(offered(sold, device, xr), expected, `${device.os} ${xr}`);
  }
});

test("a product with AR switched off gets nothing anywhere", () => {
  const product = aProduct({ ar_enabled: false });

  for (const device of [IPHONE, PIXEL, LAPTOP, { ...IPHONE, inApp: true }]) {
    assert.deepEqual(offered(product, device, "yes"), { kind: "unavailable", reason: "disabled" });
  }
});

test("a product sent as usdz goes to an iPhone as it came", () => {
  const url = "https://vitrine.example/files/sent.usdz";
  const product = aProduct({ format: "usdz", model_3d_url: url, variants: {} });

  const offer = offered(product, IPHONE);

  assert.equal("href" in offer && offer.href.split("#")[0], url);
});

test("the intent names the file, the title, the page without its hash, and a way back", () => {
  const file = "https://vitrine.example/f/a b&c.glb";
  const intent = sceneViewerIntent(aProduct({ name: "Sofa & Søn" }), { file, page: PAGE });

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

test("what hangs on a wall is placed there, and the room does not cover it", () => {
  const wall = { metadata: { ar: { placement: "wall" } } };

  assert.equal(intentOf(wall).enable_vertical_placement, "true");
  assert.equal(intentOf(wall).disable_occlusion, "true");
  assert.equal(sessionWishes(aProduct(wall))["ar-placement"], "wall");
  assert.equal(intentOf().enable_vertical_placement, undefined);
  assert.equal(intentOf().disable_occlusion, undefined);
  assert.equal(sessionWishes(aProduct())["ar-placement"], "floor");
});

test("what is small is not covered by the room either", () => {
  assert.equal(intentOf({ dimensions_m: [0.08, 0.12, 0.08] }).disable_occlusion, "true");
});

test("a model in the wrong unit stays resizable", () => {
  assert.equal(hasTrueSize(aProduct({ dimensions_m: [0.6, 0.9, 0.6] })), true);
  for (const dimensions_m of [[60, 90, 60], [0.001, 0.002, 0.001], null]) {
    assert.equal(hasTrueSize(aProduct({ dimensions_m })), false);
    assert.equal(quickLook({ dimensions_m }).allowsContentScaling, "1");
    assert.equal(intentOf({ dimensions_m }).resizable, "true");
    assert.equal(sessionWishes(aProduct({ dimensions_m }))["ar-scale"], "auto");
  }
});

test("Quick Look's banner says name, brand, price and what its button does", () => {
  const metadata = {
    brand: "Oak & Co",
    price: { amount: "1290", currency: "EUR" },
    ar: { callToAction: "Add to cart" },
  };

  assert.deepEqual(quickLook({ metadata }, "de"), {
    allowsContentScaling: "0",
    canonicalWebPageURL: "https://shop.example/chairs/7?colour=red",
    callToAction: "Add to cart",
    checkoutTitle: "Chair",
    checkoutSubtitle: "Oak & Co",
    price: "1.290,00\u00a0€",
  });
});

test("a banner of the shop's own goes before it, by https only", () => {
  const custom = "https://shop.example/banner.html?sku=7";
  const own = { callToAction: "Add", custom, customHeight: "large" };

  const said = quickLook({ metadata: { ar: own } });

  assert.deepEqual([said.custom, said.customHeight, said.callToAction], [custom, "large", undefined]);
  for (const wrong of ["http://shop.example/b.html", "javascript:alert(1)", 7]) {
    assert.equal(quickLook({ metadata: { ar: { ...own, custom: wrong } } }).custom, undefined);
  }
});

test("metadata of any shape makes no banner by accident", () => {
  for (const ar of [null, "wall", ["x"], { placement: 7, callToAction: "  " }, { custom: {} }]) {
    const said = quickLook({ metadata: { price: 12, ar } });
    assert.deepEqual(Object.keys(said), ["allowsContentScaling", "canonicalWebPageURL"]);
    assert.equal(intentOf({ metadata: { ar } }).enable_vertical_placement, undefined);
  }
});

test("spaces travel as %20, which both apps read", () => {
  const metadata = { ar: { callToAction: "Add to cart" } };
  const href = quickLookHref(aProduct({ metadata }), "https://v.example/a.usdz", {
    page: PAGE,
    language: "en",
  });

  assert.match(href, /callToAction=Add%20to%20cart/);
});

test("the address for a phone names the page and the product", () => {
  assert.equal(callAddress(PAGE, "7f"), "https://shop.example/chairs/7?colour=red#vitrine-ar=7f");
});
