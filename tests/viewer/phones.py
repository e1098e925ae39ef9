"""Browsers as they name themselves, and what Chromium has to pretend to pass for one of them."""

from pathlib import Path
from typing import Any

_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_ON_IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_APPLE}"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
_WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36"
)

IPHONE = f"{_ON_IPHONE} Version/18.0 Mobile/15E148 Safari/604.1"
IPAD = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_APPLE} Version/18.0 Safari/605.1.15"
IPHONE_CHROME = f"{_ON_IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1"
IPHONE_GOOGLE_APP = f"{_ON_IPHONE} GSA/320.0.643 Mobile/15E148 Safari/604.1"
IPHONE_INSTAGRAM = f"{_ON_IPHONE} Mobile/15E148 Instagram 300.0"

PIXEL = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_CHROME} Mobile Safari/537.36"
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"
)
ANDROID_FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0"
ANDROID_FACEBOOK = f"{_WEBVIEW} [FB_IAB/FB4A;FBAV/430.0;]"
ANDROID_TIKTOK = f"{_WEBVIEW} trill_320503 BytedanceWebview/d8a21c6"
ANDROID_WECHAT = f"{_WEBVIEW} MicroMessenger/8.0.42 NetType/WIFI Language/en"
ANDROID_LINE = f"{_WEBVIEW} Line/13.16.0/IAB"
QUEST = f"Mozilla/5.0 (X11; Linux x86_64; Quest 3) {_CHROME} VR Safari/537.36 OculusBrowser/33.0"

HAND: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "screen": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
}
"""What Playwright's context needs to be a phone in a hand."""

# What Safari says of its links; Chromium's do not know Quick Look.
REL_AR = """const known = DOMTokenList.prototype.supports;
DOMTokenList.prototype.supports = function (token) { return token === 'ar' || known.call(this, token); };"""

# Follows no link: an intent would only end in an error page here.
STAY = "addEventListener('click', event => event.preventDefault());"

# The Chromium of tests has WebXR without a device; a browser without any has no such object.
NO_XR = "Object.defineProperty(navigator, 'xr', { value: undefined });"

_MODULES = Path(__file__).parents[2] / "node_modules"

WEBXR_PHONE = (
    (_MODULES / "iwer" / "build" / "iwer.min.js").read_text(),
    (Path(__file__).parent / "phone.js").read_text(),
)
"""Scripts that make any page's browser a phone with WebXR; see phone.js."""
