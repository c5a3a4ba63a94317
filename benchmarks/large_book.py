"""How long a large book takes: built afresh, again without a change, and after an edit.

    .envs/book/bin/python benchmarks/large_book.py

The book is generated (`tests/tool/generated_book.py`): about 200 files with every construct, and a
record of each notebook in each of four tabs; another one, of that size, has no tabs and no records.
Whole commands are timed. The older tool's times are for books of this size on two cores, too.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests/tool"))

from generated_book import LARGE, ONE_TAB, Contents, make_records, write_book  # noqa: E402

from d2lbook.book.memo import Memo  # noqa: E402
from d2lbook.book.whole import load_book, read_pages  # noqa: E402
from d2lbook.config import load_config  # noqa: E402
from d2lbook.publish import html  # noqa: E402
from d2lbook.records.stores import Stores  # noqa: E402

TOUCHED = "chapter_3/section_4.md"
REPEATS = 3


@dataclass(frozen=True)
class Line:
    """What may take how long."""

    name: str
    limit: float
    """Seconds."""
    older: float | None = None
    """Seconds that the older tool takes."""

    def report(self, seconds: float) -> bool:
        """Print a time, and return whether it is within the limit."""
        older = self.older
        ratio = f", {seconds / older:.2f} of the older tool's {older:g} s" if older else ""
        print(f"  {self.name}: {seconds:.1f} s{ratio}; limit {self.limit:.1f} s", flush=True)
        return seconds <= self.limit


ONE = Line("one tab, no records", 74 / 3, 74)
FOUR = Line("four tabs with records", 220 / 3, 220)
UNCHANGED = Line("unchanged", 3.0)
EDITED = Line("one file edited", 3.7, 37)
EVAL = Line("eval, all records found", 10.0)
TABCHECK = Line("tabcheck", 3.0)


def seconds_of(book: Path, *what: str) -> float:
    """The wall-clock time of a command in the folder of a book."""
    command = [sys.executable, "-m", "d2lbook", "build", *what]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=book, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return seconds


def median_of(task: Callable[[], float]) -> float:
    """The median of several times."""
    return statistics.median(task() for _ in range(REPEATS))


def edited(book: Path) -> float:
    """The time to build after a sentence more in one file."""
    with (book / TOUCHED).open("a", encoding="utf-8") as page:
        page.write("One sentence more.\n")
    return seconds_of(book, "html")


def report_parts(book: Path) -> None:
    """Print the parts of the build that was just made, by itself or by what it has left behind."""
    config = load_config(book)
    loaded = replace(load_book(config), memo=Memo())
    started = time.perf_counter()
    read_pages(config, Memo())
    parsed = time.perf_counter()
    shown = html.shown_records(loaded, Stores(config))
    found = time.perf_counter()
    html.staged(loaded, shown, book / "nowhere")
    woven = time.perf_counter()
    staged = max(path.stat().st_mtime for path in (book / "_build/sphinx").rglob("*"))
    read = (book / "_build/doctrees/environment.pickle").stat().st_mtime
    written = (book / "_build/html/searchindex.js").stat().st_mtime
    print(
        f"    of which parse {parsed - started:.1f} s, records {found - parsed:.1f} s, "
        f"weave {woven - found:.1f} s, Sphinx's reading {read - staged:.1f} s, "
        f"writing {written - read:.1f} s"
    )


def describe(contents: Contents, tabs: str) -> None:
    """Print the size of a book."""
    print(
        f"large book, {tabs}: {contents.files} files, {contents.lines:,} lines, "
        f"{contents.cells:,} cells, {contents.references:,} references"
    )


def without_tabs(book: Path) -> list[bool]:
    """Report on the book of one tab."""
    describe(write_book(book, ONE_TAB), "one tab")
    return [ONE.report(seconds_of(book, "html"))]


def with_tabs(book: Path) -> list[bool]:
    """Report on the book of four tabs."""
    describe(write_book(book, LARGE), "four tabs")
    config = load_config(book)
    make_records(load_book(config), Stores(config))
    within = [FOUR.report(seconds_of(book, "html"))]
    report_parts(book)
    return [
        *within,
        UNCHANGED.report(median_of(lambda: seconds_of(book, "html"))),
        EDITED.report(median_of(lambda: edited(book))),
        EVAL.report(seconds_of(book, "eval", "--tab", "all")),
        TABCHECK.report(seconds_of(book, "tabcheck")),
    ]


def main() -> int:
    """Print the figures; the exit status says whether all are within their limits."""
    within = []
    for report in (without_tabs, with_tabs):
        with tempfile.TemporaryDirectory() as folder:
            within += report(Path(folder))
    return int(not all(within))


if __name__ == "__main__":
    sys.exit(main())
