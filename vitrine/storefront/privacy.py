"""/privacy: what is kept of whom, and for how long; made of the rules that the nightly sweep goes by."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vitrine.privacy.rule import Text, Whom
from vitrine.privacy.rules import RULES
from vitrine.privacy.words import BASIS, how_long
from vitrine.storefront.pages import PUBLIC


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    what: Text
    why: Text
    basis: Text
    how_long: str
    ends: Text


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    shown = {
        "contact": settings.PRIVACY_CONTACT,
        "of_visitors": list(_kept(Whom.SHOPPERS)),
        "of_staff": list(_kept(Whom.STAFF)),
        "of_nobody": list(_kept(Whom.NOBODY)),
    }
    response = render(request, "storefront/privacy.html", shown)
    response.headers["Cache-Control"] = PUBLIC
    return response


def _kept(whom: Whom) -> Iterator[Kept]:
    for rule in RULES:
        if rule.whom is whom:
            yield Kept(rule.name, rule.what, rule.why, BASIS[rule.basis], how_long(rule), rule.ends)
