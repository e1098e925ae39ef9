"""The browser that renders posters and measures proofs: what the shopper's browser shows is the judge."""

from vitrine.pipeline.studio.browser import find_chromium
from vitrine.pipeline.studio.room import Studio
from vitrine.pipeline.studio.session import BrowserLost, ModelUnreadable, Session
from vitrine.pipeline.studio.views import Camera, ModelView, Picture, ViewSpec

__all__ = [
    "BrowserLost",
    "Camera",
    "ModelUnreadable",
    "ModelView",
    "Picture",
    "Session",
    "Studio",
    "ViewSpec",
    "find_chromium",
]
