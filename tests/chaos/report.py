"""What a run came to, as a table to keep."""

from collections import Counter
from collections.abc import Sequence

from tests.chaos.run import Round, Suffered


def summary(seed: int, done: Sequence[Round], wall_s: float) -> str:
    suffered = [one for each in done for one in each.suffered]
    wrong = [what for each in done for what in each.wrong]
    hit = sum(bool(one.hit) for one in suffered)
    lines = [
        f"# {len(suffered)} faults of run {seed}",
        "",
        f"{hit} hit, {len(suffered) - hit} found nothing to hit; {wall_s:.0f} s.",
        "",
        *_by_kind(suffered),
        "",
        *_acknowledged(done),
        "",
        f"Lost or wrong: {len(wrong) or 'nothing'}.",
        *(f"- {what}" for what in wrong),
    ]
    return "\n".join(lines) + "\n"


def _by_kind(suffered: Sequence[Suffered]) -> list[str]:
    rows = ["| fault | done | hit | ready again, s: median | longest |", "|---|---:|---:|---:|---:|"]
    for kind in sorted({one.fault.kind for one in suffered}):
        mine = [one for one in suffered if one.fault.kind == kind]
        ready = sorted(one.ready_s for one in mine if one.ready_s is not None and one.hit)
        times = f"{ready[len(ready) // 2]:.1f} | {ready[-1]:.1f}" if ready else "– | –"
        rows.append(f"| {kind} | {len(mine)} | {sum(bool(one.hit) for one in mine)} | {times} |")
    return rows


def _acknowledged(done: Sequence[Round]) -> list[str]:
    acts, answers, jobs = Counter[str](), Counter[str](), Counter[str]()
    reasons = Counter[str]()
    for one in done:
        acts.update(one.ledger.done)
        answers.update(one.ledger.answers)
        jobs.update(one.told.get("jobs", {}))
        reasons.update(failure["code"] for failure in one.told.get("failures", []))
    events = sum(product.touches for one in done for product in one.ledger.products.values())
    again = sum(int(one.told.get("attempts", 0)) for one in done)
    said = ", ".join(f"{count:,} {what}" for what, count in sorted(acts.items()))
    ended = ", ".join(f"{count:,} {state}" for state, count in sorted(jobs.items()) if count)
    why = ", ".join(f"{count} {code}" for code, count in reasons.most_common())
    heard = ", ".join(f"{count:,} {status}" for status, count in sorted(answers.items()))
    return [
        f"Acknowledged: {said}; {events:,} events.",
        f"Jobs: {ended}; {again} further attempts.{f' Reasons of the failed: {why}.' if why else ''}",
        f"Answers: {heard}.",
    ]
