"""`vitrine import CSV --folder FOLDER`: a product of each row, and a report that the next try goes on from."""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from vitrine.cli import sheet
from vitrine.cli.cooking_options import add_cooking_options, cooking_fields
from vitrine.cli.desk import AGAIN, DONE, FAILED, Command, Desk, Outcome, WrongUse
from vitrine.cli.pushing import Order, Pusher
from vitrine.cli.sheet import Row
from vitrine.cli.surroundings import Surroundings
from vitrine.cli.unfinished import Unfinished
from vitrine.cli.words import size
from vitrine.client.problem import Problem
from vitrine.client.sending import sha256_of
from vitrine.client.shapes import UploadLimits


@dataclass(frozen=True, slots=True)
class Reported:
    """A row of the report. `status`: done, failed, or in a dry run fine and faulty."""

    row: int
    name: str
    file: str
    status: str
    product_id: str = ""
    detail: str = ""


_HEAD = tuple(Reported.__dataclass_fields__)


def arguments(parser: argparse.ArgumentParser, surroundings: Surroundings) -> None:
    add = parser.add_argument
    columns = f"columns {', '.join(sheet.COLUMNS)}, {sheet.METADATA}…; name and file are needed"
    add("csv", type=Path, metavar="CSV", help=columns)
    add("--folder", type=Path, required=True, help="where the files lie")
    add("--dry-run", action="store_true", help="check every row, and change nothing")
    report = "what became of each row; the CSV's name with -report unless told. Rows done in it are skipped"
    add("--report", type=Path, metavar="CSV", help=report)
    shown = "show each to everybody when it has passed its proofs; yes unless told"
    add("--publish", action=argparse.BooleanOptionalAction, help=shown)
    add_cooking_options(parser)


def run(chosen: argparse.Namespace, desk: Desk) -> Outcome:
    rows = sheet.read(chosen.csv)
    report = chosen.report or chosen.csv.with_name(f"{chosen.csv.stem}-report.csv")
    if report.resolve() == chosen.csv.resolve():
        raise WrongUse("The report would replace the CSV: name another file with --report.")
    before = _done_before(report)
    faults = _faults(rows, chosen.folder, _limits(desk))
    if chosen.dry_run:
        return _outcome(list(_checked(rows, faults, before)), None)
    told = list(before.values())
    _begin_report(report, told)
    with report.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _HEAD)
        for one in _imported(rows, faults, before, chosen, desk):
            writer.writerow(asdict(one))
            file.flush()  # whatever happens next, this row is told
            told.append(one)
    return _outcome(told, report)


def _begin_report(report: Path, told: list[Reported]) -> None:
    """What was done before stays told, at every moment."""
    fresh = report.with_name(f".{report.name}.new")
    with fresh.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _HEAD)
        writer.writeheader()
        writer.writerows(asdict(one) for one in told)
    fresh.replace(report)


def _limits(desk: Desk) -> UploadLimits:
    """What the service takes, asked first: a login that may not write is told before anything is done."""
    me = desk.service.me()
    if me["role"] == "viewer":
        said = f"{me['username']} may read only"
        raise Problem(said, "Importing needs the role of an editor.", code="not-allowed", status=403)
    return desk.service.upload_limits()


def _faults(rows: list[Row], folder: Path, limits: UploadLimits) -> dict[int, str]:
    """By row's number; rows that are fine are absent."""
    if not folder.is_dir():
        raise WrongUse(f"There is no folder {folder}.")
    times = Counter((row.name, row.file) for row in rows)
    found = {}
    for row in rows:
        fault = row.fault or _fault_of_file(row, folder, limits)
        if not fault and times[row.name, row.file] > 1:
            fault = f"stands here {times[row.name, row.file]} times, with the same name and file"
        if fault:
            found[row.number] = fault
    return found


def _fault_of_file(row: Row, folder: Path, limits: UploadLimits) -> str:
    path = folder / row.file
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"names a file outside {folder}"
    if not path.is_file():
        return f"names {row.file}, which is not in {folder}"
    length = path.stat().st_size
    if length == 0:
        return f"names {row.file}, which is empty"
    if length > limits["max_bytes"]:
        return f"names {row.file} of {size(length)}; the service takes {size(limits['max_bytes'])}"
    if path.suffix.lower() not in limits["extensions"]:
        return f"names {row.file}; the service takes {', '.join(limits['extensions'])}"
    return ""


def _checked(
    rows: list[Row], faults: dict[int, str], before: dict[tuple[str, str], Reported]
) -> Iterator[Reported]:
    for row in rows:
        if (row.name, row.file) in before:
            yield before[row.name, row.file]
        else:
            fault = faults.get(row.number, "")
            status = "faulty" if fault else "fine"
            yield Reported(row=row.number, name=row.name, file=row.file, status=status, detail=fault)


def _imported(
    rows: list[Row],
    faults: dict[int, str],
    before: dict[tuple[str, str], Reported],
    chosen: argparse.Namespace,
    desk: Desk,
) -> Iterator[Reported]:
    """Rows at fault are told and left out; a login that has ended ends it all."""
    unfinished = Unfinished(desk.surroundings.state, desk.service.url)
    pusher = Pusher(desk.service, unfinished, desk.meter)
    shared = cooking_fields(chosen) | ({} if chosen.publish is None else {"published": chosen.publish})
    for row in rows:
        if (row.name, row.file) in before:
            continue
        detail, product, sha256 = faults.get(row.number, ""), "", ""
        if not detail:
            try:
                order = Order(path=chosen.folder / row.file, fields=row.fields | shared)
                product, sha256 = _there_before(row, order, desk) or _pushed(pusher, order)
            except Problem as problem:
                if problem.status in {0, 401}:
                    raise
                detail = str(problem)
        status = "failed" if detail else "done"
        yield Reported(
            row=row.number, name=row.name, file=row.file, status=status, product_id=product, detail=detail
        )
        unfinished.forget(sha256)  # now the report knows


def _there_before(row: Row, order: Order, desk: Desk) -> tuple[str, str] | None:
    """The product of that name which has this very file already, and the file's hash: from another machine's import, or
    one whose report is lost."""
    sha256 = sha256_of(order.path)
    named = (one["product_id"] for one in desk.service.holders(sha256) if one["name"] == row.name)
    return next(((product, sha256) for product in named), None)


def _pushed(pusher: Pusher, order: Order) -> tuple[str, str]:
    pushed = pusher.push(order)
    return pushed.product_id, pushed.sha256


def _done_before(report: Path) -> dict[tuple[str, str], Reported]:
    if not report.exists():
        return {}
    with report.open(newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        if tuple(lines.fieldnames or ()) != _HEAD:
            raise WrongUse(f"{report} is no report of ours; name another file with --report.")
        done = [line for line in lines if line["status"] == "done"]
    return {(line["name"], line["file"]): _reported(line) for line in done}


def _reported(line: dict[str, str]) -> Reported:
    row, *texts = (line[name] for name in _HEAD)
    return Reported(int(row), *texts)


def _outcome(told: list[Reported], report: Path | None) -> Outcome:
    wrong = [one for one in told if one.status in {"failed", "faulty"}]
    counts = Counter(one.status for one in told)
    summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no rows"
    text = f"{summary}; {'nothing was changed' if report is None else f'the report is {report}'}."
    complaint = "\n".join(f"row {one.row} ({one.name}) {one.detail}" for one in wrong)
    document = {"rows": [asdict(one) for one in told], "report": str(report) if report else None}
    return Outcome(document, text, complaint, FAILED if wrong else DONE)


COMMANDS = {"import": Command(arguments=arguments, run=run, stopped=AGAIN)}
