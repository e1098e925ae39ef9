"""What each error of the Khronos glTF validator means for us. A code that is not here refuses the model."""

from collections.abc import Iterable, Mapping
from typing import Any

from vitrine.errors import ModelRejected
from vitrine.pipeline.work import Notice

ERROR = 0
"""The validator's severities: 0 error, 1 warning, 2 information, 3 hint."""

_REWRITTEN = "written anew in what we make"
_AS_IT_IS = "viewers show it all the same"

REPAIRED: Mapping[str, str] = {
    "ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND": _REWRITTEN,
    "ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND": _REWRITTEN,
    "ACCESSOR_MAX_MISMATCH": _REWRITTEN,
    "ACCESSOR_MIN_MISMATCH": _REWRITTEN,
    "ACCESSOR_VECTOR3_NON_UNIT": "normals and tangents were made one long",
    "ACCESSOR_INVALID_SIGN": "tangents are made anew by the viewer",
    "ACCESSOR_WEIGHTS_NON_NORMALIZED": "weights were made to add up to 1",
    "ACCESSOR_TOTAL_OFFSET_ALIGNMENT": _REWRITTEN,
    "BUFFER_VIEW_TARGET_OVERRIDE": _REWRITTEN,
    "EMPTY_ENTITY": "left out",
    "IMAGE_MIME_TYPE_INVALID": "the image was taken as what it is",
    "MESH_PRIMITIVE_INDICES_ACCESSOR_WITH_BYTESTRIDE": _REWRITTEN,
    "MESH_PRIMITIVE_TOO_FEW_TEXCOORDS": _AS_IT_IS,
    "NODE_EMPTY": "left out",
    "ROTATION_NON_UNIT": "rotations were made one long",
    "SKIN_NO_COMMON_ROOT": _AS_IT_IS,
    "SKIN_SKELETON_INVALID": _AS_IT_IS,
    "UNDECLARED_EXTENSION": "declared in what we make",
    "VALUE_NOT_IN_RANGE": "brought into its range",
}
"""Error code -> what was done about it, for the report."""

CLAMPED_POINTERS = ("/materials/",)
"""Where VALUE_NOT_IN_RANGE is repaired; anywhere else it refuses."""


def judge(issues: Iterable[Mapping[str, Any]]) -> tuple[Notice, ...]:
    """The repairs to tell of. ModelRejected names the first errors that cannot be repaired."""
    notices: list[Notice] = []
    fatal: list[str] = []
    for issue in issues:
        if issue["severity"] != ERROR:
            continue
        told = f"{issue['code']} at {issue['pointer'] or '/'} ({_times(issue['count'])}): {issue['message']}"
        if _repairable(issue):
            detail = f"{told} This was repaired: {REPAIRED[issue['code']]}."
            notices.append(Notice(code=_code(issue), detail=detail))
        else:
            fatal.append(told)
    if fatal:
        more = f" And {len(fatal) - 3} more kinds of errors." if len(fatal) > 3 else ""
        raise ModelRejected(f"The glTF validator found errors. {' '.join(fatal[:3])}{more}")
    return tuple(notices)


def _repairable(issue: Mapping[str, Any]) -> bool:
    if issue["code"] == "VALUE_NOT_IN_RANGE":
        return all(str(at).startswith(CLAMPED_POINTERS) for at in issue["pointers"])
    return issue["code"] in REPAIRED


def _code(issue: Mapping[str, Any]) -> str:
    return "repaired-" + str(issue["code"]).lower().replace("_", "-")


_TIMES_WORDS = ("once", "{} times")


def _times(count: int) -> str:
    once, more = _TIMES_WORDS
    return once if count == 1 else more.format(count)
