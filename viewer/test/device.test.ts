import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, deviceOf } from "../src/ar/device.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";

const NOTHING = { inApp: false, quickLook: false, sceneViewer: false };
const CANNOT_BUT_PHONE_CAN = { ...NOTHING, inApp: true };

const known: readonly [name: string, userAgent: string, touch: number, relAr: boolean, device: Device][] = [
  [
    "Safari on an iPhone",
    `${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`,
    5,
    true,
    { ...NOTHING, os: "ios", quickLook: true },
  ],
  [
    "Safari on an iPad that calls itself a Mac",
    `${MAC} Version/18.0 Safari/605.1.15`,
    5,
    true,
    { ...NOTHING, os: "ios", quickLook: true },
  ],
  [
    "Chrome on an iPhone",
    `${IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1`,
    5,
    false,
    { ...NOTHING, os: "ios", quickLook: true },
  ],
  [
    "an iPhone too old for Quick Look",
    `${IPHONE} Version/11.0 Mobile/15E148 Safari/604.1`,
    5,
    false,
    { ...NOTHING, os: "ios" },
  ],
  [
    "Instagram on an iPhone",
    `${IPHONE} Mobile/15E148 Instagram 300.0`,
    5,
    true,
    { ...CANNOT_BUT_PHONE_CAN, os: "ios" },
  ],
  [
    "an app without a name on an iPhone",
    `${IPHONE} Mobile/15E148`,
    5,
    true,
    { ...CANNOT_BUT_PHONE_CAN, os: "ios" },
  ],
  [
    "the Google app on an iPhone",
    `${IPHONE} GSA/300.0 Mobile/15E148 Safari/604.1`,
    5,
    false,
    { ...CANNOT_BUT_PHONE_CAN, os: "ios" },
  ],
  [
    "Chrome on a Pixel",
    `${PIXEL} Chrome/126.0.0.0 Mobile Safari/537.36`,
    5,
    false,
    { ...NOTHING, os: "android", sceneViewer: true },
  ],
  [
    "Firefox on Android",
    "Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0",
    5,
    false,
    { ...NOTHING, os: "android" },
  ],
  [
    "Facebook on Android",
    `${PIXEL.replace("Pixel 8", "Pixel 8; wv")} Version/4.0 Chrome/126.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/400]`,
    5,
    false,
    { ...CANNOT_BUT_PHONE_CAN, os: "android" },
  ],
  [
    "Samsung Internet",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) " +
      "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    5,
    false,
    { ...NOTHING, os: "android", sceneViewer: true },
  ],
  [
    "a Quest, which does not say Android",
    "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) " +
      "OculusBrowser/33.0 Chrome/126.0.0.0 VR Safari/537.36",
    0,
    false,
    { ...NOTHING, os: "headset" },
  ],
  ...(
    [
      ["TikTok", "musical_ly_31.5.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6"],
      ["WeChat", "MicroMessenger/8.0.42(0x18002a2c) NetType/WIFI Language/en"],
      ["Line", "Safari Line/13.16.0"],
      ["Facebook", "[FBAN/FBIOS;FBAV/430.0;FBBV/1]"],
      ["Pinterest", "[Pinterest/iOS]"],
    ] as const
  ).map(([name, app]): (typeof known)[number] => [
    `${name} on an iPhone`,
    `${IPHONE} Mobile/15E148 Safari/604.1 ${app}`,
    5,
    true,
    { ...CANNOT_BUT_PHONE_CAN, os: "ios" },
  ]),
  ["Safari on a Mac", `${MAC} Version/18.0 Safari/605.1.15`, 0, true, { ...NOTHING, os: "other" }],
  [
    "Chrome on Windows with a touch screen",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36",
    10,
    false,
    { ...NOTHING, os: "other" },
  ],
];

for (const [name, userAgent, maxTouchPoints, relAr, device] of known) {
  test(`${name} is known for what it can do`, () => {
    assert.deepEqual(deviceOf({ userAgent, maxTouchPoints, relAr }), device);
  });
}

test("a page on an iPhone's home screen is no app's browser", () => {
  const facts = { userAgent: `${IPHONE} Mobile/15E148`, maxTouchPoints: 5, relAr: true, standalone: true };

  assert.deepEqual(deviceOf(facts), { ...NOTHING, os: "ios", quickLook: true });
});
