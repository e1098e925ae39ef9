/** What this device is, as far as AR and file choice care. Pure: reads what it is given. */

/** The facts of a browser that decide. */
export interface Facts {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** Whether its links know rel="ar", Apple's Quick Look. */
  readonly relAr: boolean;
  /** Whether the page was opened from an iPhone's home screen, where the agent says no "Safari/" either. */
  readonly standalone?: boolean;
}

export interface Device {
  readonly os: "ios" | "android" | "headset" | "other";
  /** A browser inside another app: it cannot open AR, the phone's own browser can. */
  readonly inApp: boolean;
  readonly quickLook: boolean;
  readonly sceneViewer: boolean;
}

const IN_APP =
  /FBAN|FBAV|FB_IAB|Instagram|Barcelona|\bLine\/|Snapchat|Pinterest|TikTok|musical_ly|trill|Bytedance|MicroMessenger|WhatsApp|Twitter|LinkedInApp|KAKAOTALK|NAVER\(inapp|Weibo|AlipayClient|DingTalk|GSA\//i;
const IOS_BROWSER = /CriOS\/|EdgiOS\/|FxiOS\/|DuckDuckGo\//;
const HEADSET = /OculusBrowser|Quest|Pico/;

export function deviceOf(facts: Facts): Device {
  const { userAgent, maxTouchPoints } = facts;
  const none = { inApp: false, quickLook: false, sceneViewer: false };
  if (HEADSET.test(userAgent)) return { ...none, os: "headset" };
  // iPadOS calls itself a Mac; no Mac has a touch screen.
  const apple = /iPad|iPhone|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  if (apple) return { ...none, os: "ios", ...onApple(facts) };
  if (/Android/i.test(userAgent)) {
    const inApp = IN_APP.test(userAgent) || /; wv\)/.test(userAgent);
    return { ...none, os: "android", inApp, sceneViewer: !inApp && !/Firefox/.test(userAgent) };
  }
  return { ...none, os: "other" };
}

/** A page inside an app carries no "Safari/"; the known browsers built on the same view can open Quick Look. */
function onApple({ userAgent, relAr, standalone }: Facts): Pick<Device, "inApp" | "quickLook"> {
  const inApp = IN_APP.test(userAgent) || !(standalone || /Safari\//.test(userAgent));
  return { inApp, quickLook: !inApp && (relAr || IOS_BROWSER.test(userAgent)) };
}

export function thisDevice(): Device {
  const { userAgent, maxTouchPoints } = navigator;
  return deviceOf({
    userAgent,
    maxTouchPoints,
    relAr: document.createElement("a").relList.supports("ar"),
    standalone: (navigator as { standalone?: boolean }).standalone === true,
  });
}
