"""As much of PromQL as it takes to know what an expression asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<range>\[[^\]]*\])|(?P<number>\d[\w.]*(?:[eE][+-]?\d+)?)"""
    r"""|(?P<name>[a-zA-Z_:][\w:]*)|(?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^(){},=<>]))"""
)
_BEFORE_LABELS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = frozenset({"and", "or", "unless", "bool", "offset"})


@dataclass(frozen=True, slots=True)
class Selector:
    """`matchers`: label to operator and value."""

    metric: str
    matchers: dict[str, tuple[str, str]]

    def takes(self, labels: dict[str, str]) -> bool:
        return all(_takes(*matcher, labels.get(label, "")) for label, matcher in self.matchers.items())


def selectors(expression: str) -> list[Selector]:
    """In their order. ValueError for what is no PromQL."""
    all_of_it = list(tokens(expression))
    _balanced([text for _, text in all_of_it])
    found, at = [], 0
    while at < len(all_of_it):
        kind, text = all_of_it[at]
        after = all_of_it[at + 1][1] if at + 1 < len(all_of_it) else ""
        at += 1
        if kind != "name" or text in _WORDS:
            continue
        if text in _BEFORE_LABELS:
            at = _end(all_of_it, at, ")")
        elif after == "{":
            end = _end(all_of_it, at, "}")
            found.append(Selector(text, dict(_matchers([one for _, one in all_of_it[at + 1 : end - 1]]))))
            at = end
        elif after not in {"(", "by", "without"}:
            found.append(Selector(text, {}))
    return found


def tokens(expression: str) -> Iterator[tuple[str, str]]:
    """Kind (`text`, `range`, `number`, `name`, `sign`) and text."""
    at, text = 0, expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text[at:]!r} is no PromQL")
        at = match.end()
        kind = match.lastgroup or ""
        yield kind, match[kind]


def _balanced(tokens: list[str]) -> None:
    open_ones: list[str] = []
    for one in tokens:
        if one in {"(", "{"}:
            open_ones.append(one)
        elif one in {")", "}"} and (not open_ones or open_ones.pop() + one not in {"()", "{}"}):
            raise ValueError(f"{one} closes nothing")
    if open_ones:
        raise ValueError(f"{open_ones[-1]} is not closed")


def _end(tokens: list[tuple[str, str]], at: int, closing: str) -> int:
    return next(index for index in range(at, len(tokens)) if tokens[index][1] == closing) + 1


def _matchers(tokens: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for label, operator, value, *comma in (tokens[at : at + 4] for at in range(0, len(tokens), 4)):
        if operator not in {"=", "!=", "=~", "!~"} or comma not in ([], [","]) or value[0] != '"':
            raise ValueError(f"{label}{operator}{value} is no matcher")
        yield label, (operator, value[1:-1])


def _takes(operator: str, value: str, label: str) -> bool:
    same = label == value if operator in {"=", "!="} else re.fullmatch(value, label) is not None
    return same is (operator in {"=", "=~"})
