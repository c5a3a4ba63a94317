"""After the same budget, the committed records of the four frameworks agree but for chance."""

import re
from collections.abc import Iterator, Mapping
from statistics import median

import pytest
from tiny_book import ROOT, TABS, pages

from d2lbook.book.whole import Book, load_book
from d2lbook.config import load_config
from d2lbook.records.record import Record
from d2lbook.records.stores import Stores

SECTIONS = [path.stem for path in pages(ROOT)]
CLOSING = re.compile(r"train acc (?P<train>[\d.]+), test acc (?P<test>[\d.]+)")
SEEDS = 0.03
"""Standard deviation of an accuracy over seeds, beside the noise of counting images."""
DEVIATIONS = 4
"""How many standard deviations a framework may be from the others."""


def fits(record: Record) -> list[dict[str, float]]:
    """Return the accuracies that the fits of a notebook ended with, in order."""
    texts = [output.get("text", "") for cell in record.outputs for output in cell]
    lines = CLOSING.finditer("".join("".join(text) for text in texts))
    return [{name: float(value) for name, value in line.groupdict().items()} for line in lines]


def images(record: Record) -> dict[str, int]:
    """Return how many images each accuracy is measured on; test images are capped likewise."""
    training = record.receipt.caps.get("dataset_limit", 60_000)
    return {"train": training, "test": training // 6}


def outliers(accuracies: Mapping[str, float], count: int) -> Iterator[str]:
    """Yield a phrase for each tab whose accuracy is farther from the others' than chance allows."""
    for tab, accuracy in accuracies.items():
        others = median([a for other, a in accuracies.items() if other != tab] or [accuracy])
        noise = (others * (1 - others) / count + SEEDS**2) ** 0.5
        if abs(accuracy - others) > DEVIATIONS * noise:
            yield f"{tab}: {accuracy:.3f}, but {others:.3f} in the others"


@pytest.fixture(scope="module")
def book() -> Book:
    """The book."""
    return load_book(load_config(ROOT))


def alike(book: Book, section: str) -> Iterator[dict[str, Record]]:
    """Yield the records of a section's tabs: those of full runs together, those of capped ones."""
    stores = Stores.of(book.config, report=print)
    page = next(page for page in book.pages if page.path.endswith(f"/{section}.md"))
    shown = {tab: stores.best(book.in_tab(page, tab), tab) for tab in TABS}
    for capped in (True, False):
        yield {tab: s.record for tab, s in shown.items() if s and s.record.capped == capped}


@pytest.mark.parametrize("section", SECTIONS)
def test_frameworks_are_equally_accurate(book, section):
    found = []
    for records in alike(book, section):
        of_tabs = {tab: fits(record) for tab, record in records.items()}
        for i, row in enumerate(zip(*of_tabs.values(), strict=True), start=1):
            for name, count in images(next(iter(records.values()))).items():
                accuracies = {tab: fit[name] for tab, fit in zip(records, row, strict=True)}
                found += [
                    f"{section}.md: fit {i}: {name} accuracy, {line}"
                    for line in outliers(accuracies, count)
                ]
    assert not found, "\n".join(found)


def test_a_framework_that_does_not_learn_is_seen():
    accuracies = {"pytorch": 0.75, "tensorflow": 0.10, "jax": 0.77, "mxnet": 0.71}
    assert list(outliers(accuracies, 341)) == ["tensorflow: 0.100, but 0.750 in the others"]
