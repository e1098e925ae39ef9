"""Vitrine: one upload becomes everything a product page needs in 3D and AR."""

__version__ = "0.1.0"
