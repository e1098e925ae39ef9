"""The panel that tells admins how fast the service itself answers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from vitrine.console.panels import (
    Panel,
    Table,
    cell,
    chart_of,
    count_words,
    share_words,
    time_words,
    value_in,
)
from vitrine.insight.measures import Asked, Every
from vitrine.insight.requests import Kind, response_times

KINDS: Mapping[Kind, Any] = {
    Kind.PRODUCT: words("A product, read"),
    Kind.LIST: words("A list of products"),
    Kind.READ: words("Other reads of the API"),
    Kind.WRITE: words("Changes by the API"),
    Kind.UPLOAD: words("Files sent"),
    Kind.EVENTS: words("Events told by viewers"),
    Kind.FILE: words("Files and the viewer"),
    Kind.SHOP: words("Pages for shoppers"),
    Kind.CONSOLE: words("Pages of the console"),
}
_DRAWN = (Kind.PRODUCT, Kind.LIST, Kind.WRITE, Kind.CONSOLE)


def answering(ask: Callable[..., Asked], every: Every) -> Panel:
    """`ask` asks for the page's period."""
    rows = [
        [
            cell(KINDS[Kind(row["kind"])]),
            cell(count_words(row["count"])),
            cell(time_words(row["p50_ms"])),
            cell(time_words(row["p95_ms"])),
            cell(share_words(row["failed"] / row["count"])),
        ]
        for row in response_times(ask())
    ]
    asked = ask(every=every)
    lines = {str(KINDS[kind]): value_in("p95_ms", "kind", kind.value) for kind in _DRAWN}
    headings = [_("Request"), _("Count"), _("Half"), _("19 of 20"), _("Failed")]
    return Panel(
        topic="response-times",
        title=_("How fast we answer"),
        about=_(
            "From when a request came until its answer could go. "
            "The lines: 19 of 20 requests waited this long or less. Only admins see this."
        ),
        tables=[Table(headings, rows)] if rows else [],
        chart=chart_of("ms", asked.starts, response_times(asked), lines),
        notes=[
            _("Read off the buckets of the service’s metrics: near, not exact, and never more than 10 s.")
        ],
    )
