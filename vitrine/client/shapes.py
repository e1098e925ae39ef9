"""What the API answers, as far as the client reads it: contracts/openapi.yaml has all of it."""

from typing import Any, TypedDict


class Pair(TypedDict):
    access: str
    refresh: str


class Me(TypedDict):
    id: str
    username: str
    role: str


class VariantShape(TypedDict):
    url: str
    format: str
    size: int
    triangles: int | None
    proof: dict[str, Any] | None


class Links(TypedDict):
    self: str
    versions: str
    page: str


class ProductShape(TypedDict):
    id: str
    name: str
    model_3d_url: str
    ar_enabled: bool
    format: str
    size: int
    created_at: str
    updated_at: str
    metadata: dict[str, Any]
    status: str
    published: bool
    version: int
    variants: dict[str, VariantShape]
    alt: str
    tags: list[str]
    links: Links


class VersionShape(TypedDict):
    id: str
    product_id: str
    version: int
    url: str
    format: str
    size: int
    optimized: bool
    created_at: str
    published: bool
    variants: dict[str, VariantShape]


class TaskFault(TypedDict):
    code: str
    title: str
    detail: str


class TaskShape(TypedDict):
    task_id: str
    status: str
    step: str
    progress: float
    product_id: str
    version: int | None
    error: TaskFault | None


class PartShape(TypedDict):
    number: int
    offset: int
    size: int
    received: bool
    url: str | None


class UploadShape(TypedDict):
    id: str
    size: int
    status: str
    direct: bool
    parts: list[PartShape]


class Holder(TypedDict):
    """A product that has a file already."""

    sha256: str
    product_id: str
    name: str
    version: int


class UploadLimits(TypedDict):
    """`max_bytes` of one file; `extensions` of those that are taken, with their dots."""

    max_bytes: int
    extensions: list[str]


class KeyShape(TypedDict):
    id: str
    name: str
    shown: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class KeyMade(KeyShape):
    key: str
