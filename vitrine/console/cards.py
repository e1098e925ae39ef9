"""What a product's card says: where it stands, what was saved, and whether it was proven."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import Product, Status, Variant
from vitrine.console.sizes import size_words
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.models import Job, State
from vitrine.wording import worded_failure

STEP_WORDS = {
    "": _("Starting"),
    "fetch": _("Fetching the file"),
    "import": _("Opening the file"),
    "gate": _("Checking the model"),
    "check": _("Checking the file"),
    "convert": _("Reading the model"),
    "poster": _("Taking its picture"),
    "optimize": _("Making it small"),
    "proof": _("Comparing it with the original"),
    "usdz": _("Making the file for iPhones"),
    "channels": _("Judging it by the channels' rules"),
    "store": _("Storing the files"),
}
"""A job's step up to its first hyphen (`optimize-2` is the third try), in words for people; the page's script has the
same from `products.html`."""

_TAGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the web variant looks like the original: `ssim` is None where nothing was rendered; `to_fit` where an
    order's limits decided and not looks.
    """

    ssim: float | None
    passed: bool
    to_fit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product in the console's list. `job` is its newest one, open or ended."""

    product: Product
    version: int
    format: str
    thumbnail: Variant | None
    turntable: Variant | None
    source_bytes: int
    shown_bytes: int | None
    proof: Proof | None
    job: Job | None

    @classmethod
    def of(cls, product: Product, job: Job | None) -> Self:
        version = product.shown_version
        variants = {variant.kind: variant for variant in version.variants.all()}
        web = variants.get(Kind.WEB)
        return cls(
            product=product,
            version=version.number,
            format=version.source_format,
            thumbnail=variants.get(Kind.THUMBNAIL) or variants.get(Kind.POSTER),
            turntable=variants.get(Kind.TURNTABLE),
            source_bytes=version.source.size,
            shown_bytes=web.size if web else None,
            proof=_proof(web) if web else None,
            job=job,
        )

    @property
    def picture(self) -> str:
        return self._address(self.thumbnail)

    @property
    def around(self) -> str:
        """Where the picture from all around is; versions made before there were any have none."""
        return self._address(self.turntable)

    def _address(self, picture: Variant | None) -> str:
        return url_to_read(picture.key, "", public=self.product.published) if picture else ""

    @property
    def working(self) -> bool:
        return self.job is not None and self.job.state in {State.QUEUED, State.PROCESSING}

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == State.FAILED

    @property
    def waiting(self) -> bool:
        return self.job is not None and self.job.state == State.QUEUED

    @property
    def step(self) -> str:
        if self.job is None:
            return ""
        return str(STEP_WORDS.get(self.job.step.partition("-")[0]) or translated("Working"))

    @property
    def fault(self) -> Mapping[str, str]:
        """`title` and `detail` of what went wrong with the newest job, in the reader's language."""
        if not self.failed:
            return {}
        kept = worded_failure(self.job.error) if self.job else None
        return {"title": translated("The last job failed"), **(kept or {})}

    @property
    def publishes_later(self) -> bool:
        """It goes public by itself once its checks have passed."""
        wished = self.job is not None and self.job.publish and self.product.publish_wished
        return self.working and wished and not self.product.published

    @property
    def can_publish(self) -> bool:
        """Something of it has passed, or may still pass."""
        return self.product.status != Status.FAILED

    @property
    def can_optimize(self) -> bool:
        return (self.format != Format.USDZ or settings.PIPELINE.converts) and not self.working

    @property
    def first_tags(self) -> list[str]:
        return self.product.tags[:_TAGS_SHOWN]

    @property
    def more_tags(self) -> int:
        """How many do not fit on the card."""
        return max(0, len(self.product.tags) - _TAGS_SHOWN)

    @property
    def tags_as_json(self) -> str:
        """All of them, for the page's script."""
        return json.dumps(self.product.tags)

    @property
    def sizes(self) -> str:
        """What shoppers download instead of the upload: 8.9 MB → 0.4 MB."""
        source = size_words(self.source_bytes)
        if self.shown_bytes is None or size_words(self.shown_bytes) == source:
            return source
        return f"{source} → {size_words(self.shown_bytes)}"


def cards_of(products: Sequence[Product]) -> list[Card]:
    """One query for the jobs of them all."""
    jobs = newest_jobs([product.pk for product in products])
    return [Card.of(product, jobs.get(product.pk)) for product in products]


def newest_jobs(product_ids: Sequence[UUID]) -> dict[UUID, Job]:
    """The newest job of each product."""
    found = Job.objects.filter(version__product_id__in=product_ids).select_related("version")
    newest = found.order_by("version__product_id", "-created_at").distinct("version__product_id")
    return {job.version.product_id: job for job in newest}


def _proof(web: Variant) -> Proof:
    if web.proof is None:
        return Proof(ssim=None, passed=False)
    return Proof(ssim=web.proof["ssim"], passed=web.proof["passed"], to_fit=web.proof.get("bound") is None)
