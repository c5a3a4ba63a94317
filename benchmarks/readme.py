"""Write the tables of README.md from the committed records and from ``results.txt``.

    .envs/book/bin/python benchmarks/readme.py [--check]

With ``--check``, change nothing, and exit with 1 where the README isn't what would be written.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from d2lbook.records.receipts import extent, framework
from d2lbook.records.record import Record, unpack

ROOT = Path(__file__).parent.parent
CLOSING = re.compile(
    r"loss (?P<loss>[\d.]+), train acc (?P<train>[\d.]+), test acc (?P<test>[\d.]+), "
    r"(?P<speed>[\d.]+) examples/sec on (?P<device>.+)"
)


def closing_lines(record: Record) -> Iterator[re.Match]:
    """The lines with which the trainings of a notebook ended."""
    for outputs in record.outputs:
        for output in outputs:
            text = output.get("text", "")
            yield from CLOSING.finditer(text if isinstance(text, str) else "".join(text))


def results() -> Iterator[str]:
    """The rows of the results table."""
    yield "| section | framework | run | loss | train acc | test acc | examples/s | on |"
    yield "| --- | --- | --- | --: | --: | --: | --: | --- |"
    for path in sorted((ROOT / "outputs").rglob("record.json")):
        record = unpack(lambda name, folder=path.parent: (folder / name).read_bytes())
        receipt, section = record.receipt, Path(record.page).stem
        for line in closing_lines(record):
            yield (
                f"| {section} | {framework(receipt, record.tab)} "
                f"| {extent(receipt.caps)} | {line['loss']} | {line['train']} | {line['test']} "
                f"| {line['speed']} | {receipt.device}, {receipt.threads} threads |"
            )


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
