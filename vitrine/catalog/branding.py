"""How the pages for shoppers name who shows the products: a name, a logo, an accent colour. One row for all."""

from typing import Self

from django.db import models, transaction

from vitrine.access.audit import note
from vitrine.access.models import User
from vitrine.catalog.colours import Accent
from vitrine.catalog.logos import Logo

NAME_LENGTH = 60
_ROW = 1


class Branding(models.Model):
    """Empty fields are Vitrine's own look. The logo lies in the row: it is small, and goes with every backup."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=_ROW, editable=False)
    name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    accent = models.CharField(max_length=7, blank=True, default="")
    logo = models.BinaryField(null=True)
    logo_digest = models.CharField(max_length=32, blank=True, default="")
    logo_width_px = models.PositiveSmallIntegerField(default=0)
    logo_height_px = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=_ROW), name="one_branding")]

    @classmethod
    def current(cls) -> Self:
        """Without the logo's bytes."""
        return cls.objects.defer("logo").filter(pk=_ROW).first() or cls()

    @property
    def tones(self) -> Accent | None:
        return Accent.of(self.accent) if self.accent else None

    @property
    def logo_path(self) -> str:
        """Named by its content, so it never changes; empty without a logo."""
        return f"/branding/logo-{self.logo_digest}.webp" if self.logo_digest else ""

    @property
    def style_path(self) -> str:
        return f"/branding/accent-{self.accent[1:]}.css" if self.accent else ""


def change(by: User, **fields: str) -> Branding:
    """Set `name`, `accent` (#rrggbb) or both; empty takes them back."""
    told = {name: value.lower() if name == "accent" else value for name, value in fields.items()}
    return _kept(by, told)


def show_logo(by: User, logo: Logo) -> Branding:
    return _kept(by, _fields_of(logo))


def hide_logo(by: User) -> Branding:
    return _kept(by, _fields_of(None))


def logo_named(digest: str) -> bytes | None:
    found = Branding.objects.filter(pk=_ROW, logo_digest=digest).values_list("logo", flat=True).first()
    return bytes(found) if found else None


def _fields_of(logo: Logo | None) -> dict[str, object]:
    return {
        "logo": logo.content if logo else None,
        "logo_digest": logo.digest if logo else "",
        "logo_width_px": logo.width_px if logo else 0,
        "logo_height_px": logo.height_px if logo else 0,
    }


def _kept(by: User, fields: "dict[str, str] | dict[str, object]") -> Branding:
    with transaction.atomic():
        branding, _ = Branding.objects.update_or_create(pk=_ROW, defaults=fields)
        note("branding.changed", by=by, changed=sorted({name.partition("_")[0] for name in fields}))
    return branding
