"""What a shop pastes into its own pages to show a product: whole, with absolute addresses, ready to copy.

Its page is for staff, and speaks their language.
"""

from dataclasses import dataclass
from html import escape
from typing import Self

from django.utils.translation import gettext as _

from vitrine.catalog.models import Product

ALLOWED = "xr-spatial-tracking; fullscreen; web-share; clipboard-write"
"""What a frame must be allowed for AR, full screen and sharing to work in it."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """`where` says in a sentence where the code goes."""

    title: str
    where: str
    code: str


@dataclass(frozen=True, slots=True)
class Tab:
    """All snippets for one kind of shop. `key` is its name in addresses."""

    key: str
    name: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tabs of one product, and which of them is open."""

    tabs: tuple[Tab, ...]
    open: str

    @classmethod
    def of(cls, product: Product, base: str, asked: str) -> Self:
        """The first tab is open when no tab is called `asked`."""
        tabs = (_html(product, base), _react(product, base), _shopify(product, base), _woo(product, base))
        keys = [tab.key for tab in tabs]
        return cls(tabs, asked if asked in keys else keys[0])


def frame_of(product: Product, base: str, *, size: str) -> str:
    """An <iframe> with the product in it; `size` is its attributes for that."""
    return (
        f'<iframe src="{escape(base)}/embed/{product.pk}" title="{escape(product.name)}" '
        f'{size} allow="{ALLOWED}" allowfullscreen loading="lazy"></iframe>'
    )


def _script(base: str) -> str:
    return f'<script type="module" src="{escape(base)}/viewer/vitrine-viewer.js"></script>'


def _html(product: Product, base: str) -> Tab:
    element = f"""{_script(base)}
<style>vitrine-viewer {{ display: block; aspect-ratio: 1 }}</style>
<vitrine-viewer product="{product.pk}"></vitrine-viewer>"""
    frame = frame_of(product, base, size='style="width: 100%; aspect-ratio: 1; border: 0"')
    return Tab(
        "html",
        "HTML",
        (
            Snippet(_("In the page"), _("Where the product's picture stands today."), element),
            Snippet(
                _("In a frame"), _("Where scripts are not allowed, such as a blog or a marketplace."), frame
            ),
        ),
    )


def _react(product: Product, base: str) -> Tab:
    code = f"""\
"use client";
import {{ useEffect }} from "react";

const SCRIPT = "{base}/viewer/vitrine-viewer.js";

export function ProductViewer({{ product = "{product.pk}" }}) {{
  useEffect(() => {{
    import(/* webpackIgnore: true */ /* @vite-ignore */ SCRIPT);
  }}, []);
  return <vitrine-viewer product={{product}} style={{{{ display: "block", aspectRatio: "1" }}}} />;
}}"""
    return Tab(
        "react", "React", (Snippet(_("A component"), _("A file of its own; works in Next.js too."), code),)
    )


def _shopify(product: Product, base: str) -> Tab:
    code = f"""\
{{%- assign vitrine = product.metafields.custom.vitrine.value | default: "{product.pk}" -%}}
{_script(base)}
<vitrine-viewer product="{{{{ vitrine | escape }}}}" style="display: block; aspect-ratio: 1"></vitrine-viewer>"""
    where = _(
        "In the theme editor: your product template, Add block, Custom Liquid. A product whose metafield "
        "custom.vitrine holds an id shows that model; the others show this one."
    )
    return Tab("shopify", "Shopify Liquid", (Snippet(_("A Custom Liquid block"), where, code),))


def _woo(product: Product, base: str) -> Tab:
    code = f"""\
add_shortcode( 'vitrine', function ( $given ) {{
    $chosen = shortcode_atts( array( 'product' => '{product.pk}' ), $given );
    wp_enqueue_script_module( 'vitrine-viewer', '{base}/viewer/vitrine-viewer.js', array(), null );
    return '<vitrine-viewer product="' . esc_attr( $chosen['product'] )
        . '" style="display: block; aspect-ratio: 1"></vitrine-viewer>';
}} );"""
    return Tab(
        "woocommerce",
        "WooCommerce",
        (
            Snippet(_("Once"), _("In your child theme's functions.php; needs WordPress 6.5."), code),
            Snippet(
                _("For each product"),
                _("In the product's description, or in a Shortcode block."),
                f'[vitrine product="{product.pk}"]',
            ),
        ),
    )
