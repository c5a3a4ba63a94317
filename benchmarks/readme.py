"""Write the tables of README.md from the committed records and from ``results.txt``.

    .envs/book/bin/python benchmarks/readme.py [--check]

With ``--check``, change nothing, and exit with 1 where the README isn't what would be written.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from d2lbook.book.whole import load_book
from d2lbook.config import BookConfig, load_config
from d2lbook.records.receipts import extent, tab_title
from d2lbook.records.record import Record
from d2lbook.records.results import fits
from d2lbook.records.stores import Stores

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Training:
    """A row of the results table."""

    section: str
    name: str
    """What tells it from the section's other trainings; or empty."""
    runs: str
    """How far its runs went."""
    reached: tuple[str, ...]
    """Test accuracy and speed, a framework each."""


def trainings(config: BookConfig) -> Iterator[Training]:
    """Yield what the committed records say of every training of the book."""
    stores = Stores(config, report=print).committed_alone()
    book = load_book(config)
    for page in book.pages:
        if page.has_cells:
            shown = [stores.best(book.in_tab(page, tab), tab) for tab in config.tabs]
            records = [one.record if one else None for one in shown]
            yield from side_by_side(page.title.partition(":")[0], records)


def side_by_side(section: str, records: Sequence[Record | None]) -> Iterator[Training]:
    """Yield the trainings of a section, given its record in each framework."""
    outputs = [record.outputs if record else () for record in records]
    columns = [[fit for cell in cells for fit in fits(cell)] for cells in outputs]
    runs = " / ".join(sorted({extent(record.receipt.caps) for record in records if record}))
    for row in zip_longest(*columns):
        reached = (f"{f.test_accuracy}, {float(f.speed):,.0f}/s" if f else "" for f in row)
        name = next(fit.name for fit in row if fit)
        yield Training(section, name, runs, tuple(reached))


def results() -> Iterator[str]:
    """The results table: a training each, its frameworks side by side."""
    config = load_config(ROOT)
    rows = list(trainings(config))
    runs = {row.runs for row in rows}
    if len(runs) == 1:
        yield f"Every one is a {rows[0].runs}.\n"
    yield f"| section | training | {' | '.join(map(tab_title, config.tabs))} |"
    yield f"| --- | --- |{' --: |' * len(config.tabs)}"
    above = ""
    for row in rows:
        name = row.name if len(runs) == 1 else f"{row.name} ({row.runs})".lstrip()
        section = row.section if row.section != above else ""
        above = row.section
        yield f"| {section} | {name} | {' | '.join(row.reached)} |"


def benchmarks() -> Iterator[str]:
    """What the benchmarks printed when they last ran."""
    yield "```text"
    yield from (ROOT / "benchmarks" / "results.txt").read_text(encoding="utf-8").splitlines()
    yield "```"


def replaced(readme: str, name: str, lines: Iterator[str]) -> str:
    """Return the README with other lines between the marks of ``name``."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, rest = readme.split(start)
    _, tail = rest.split(end)
    return f"{head}{start}\n{chr(10).join(lines)}\n{end}{tail}"


def main() -> int:
    """Write the README, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new = replaced(replaced(old, "results", results()), "benchmarks", benchmarks())
    if check:
        print("README.md is up to date" if new == old else "README.md: run benchmarks/readme.py")
        return int(new != old)
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
