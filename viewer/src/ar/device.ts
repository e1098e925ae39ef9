/** What this device is, as far as AR and file choice care. Pure: reads what it is given. */

/** The facts of a browser that decide; `relAr` is whether its links know rel="ar" (Apple's Quick Look). */
export interface Facts {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  readonly relAr: boolean;
}

export interface Device {
  readonly os: "ios" | "android" | "other";
  /** A browser inside another app: it cannot open AR, the phone's own browser can. */
  readonly inApp: boolean;
  readonly quickLook: boolean;
  readonly sceneViewer: boolean;
}

const IN_APP =
  /FBAN|FBAV|FB_IAB|Instagram|Line\/|Snapchat|Pinterest|TikTok|musical_ly|Bytedance|MicroMessenger|WhatsApp|Twitter|LinkedInApp|GSA\//i;
const IOS_BROWSER = /CriOS\/|EdgiOS\/|FxiOS\/|DuckDuckGo\//;

export function deviceOf({ userAgent, maxTouchPoints, relAr }: Facts): Device {
  // iPadOS calls itself a Mac; no Mac has a touch screen.
  const ios = /iPad|iPhone|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  if (ios) {
    // A page inside an app carries no "Safari/"; the known browsers built on the same view can open Quick Look.
    const inApp = IN_APP.test(userAgent) || !/Safari\//.test(userAgent);
    return {
      os: "ios",
      inApp,
      quickLook: !inApp && (relAr || IOS_BROWSER.test(userAgent)),
      sceneViewer: false,
    };
  }
  if (/Android/i.test(userAgent)) {
    const inApp = IN_APP.test(userAgent) || /; wv\)/.test(userAgent);
    const sceneViewer = !inApp && !/Firefox|OculusBrowser|Quest/.test(userAgent);
    return { os: "android", inApp, quickLook: false, sceneViewer };
  }
  return { os: "other", inApp: false, quickLook: false, sceneViewer: false };
}

export function thisDevice(): Device {
  return deviceOf({
    userAgent: navigator.userAgent,
    maxTouchPoints: navigator.maxTouchPoints,
    relAr: document.createElement("a").relList.supports("ar"),
  });
}
