"""After the same budget, the committed records of the four frameworks agree but for chance."""

from collections.abc import Iterator, Mapping
from statistics import median

import pytest
from tiny_book import ROOT, TABS, pages

from d2lbook.book.whole import Book, load_book
from d2lbook.config import load_config
from d2lbook.records.record import Record
from d2lbook.records.results import fits
from d2lbook.records.stores import Stores

SECTIONS = [path.stem for path in pages(ROOT)]
SEEDS = 64
"""Accuracies vary from seed to seed as if they were counted on so few images, and more than by the
images that there are: where a capped run ends, a network may be learning fast, and a few steps make
points. Two frameworks drew first weights for VGG with which it got 0.53 and 0.55 of the training
images right, a third 0.40; this takes the standard deviation to be 0.06 there.
"""
DEVIATIONS = 4
"""How many standard deviations a framework may be from the others."""


def accuracies_of(record: Record) -> list[dict[str, float]]:
    """Return the accuracies that the fits of a notebook ended with, in order."""
    found = [fit for cell in record.outputs for fit in fits(cell)]
    return [{"train": float(f.train_accuracy), "test": float(f.test_accuracy)} for f in found]


def images(record: Record) -> dict[str, int]:
    """Return how many images each accuracy is measured on; test images are capped likewise."""
    training = record.receipt.caps.get("dataset_limit", 60_000)
    return {"train": training, "test": training // 6}


def outliers(accuracies: Mapping[str, float], count: int) -> Iterator[str]:
    """Yield a phrase for each tab whose accuracy is farther from the others' than chance allows.

    Args:
        accuracies: of the same fit in each tab.
        count: how many images they are measured on.
    """
    for tab, accuracy in accuracies.items():
        others = median([a for other, a in accuracies.items() if other != tab] or [accuracy])
        noise = (others * (1 - others) * (1 / count + 1 / SEEDS)) ** 0.5
        if abs(accuracy - others) > DEVIATIONS * noise:
            yield f"{tab}: {accuracy:.3f}, but {others:.3f} in the others"


def drifting_fits(records: Mapping[str, Record]) -> Iterator[str]:
    """Yield a phrase for each fit and tab whose accuracy isn't that of the other tabs."""
    of_tabs = {tab: accuracies_of(record) for tab, record in records.items()}
    counts = {tab: len(found) for tab, found in of_tabs.items()}
    if len(set(counts.values())) > 1:
        yield f"the tabs train unequally often: {counts}"
    for i, row in enumerate(zip(*of_tabs.values(), strict=False), start=1):
        for name, count in images(next(iter(records.values()))).items():
            accuracies = {tab: fit[name] for tab, fit in zip(of_tabs, row, strict=True)}
            for line in outliers(accuracies, count):
                yield f"fit {i}, {name} accuracy, {line}"


@pytest.fixture(scope="module")
def book() -> Book:
    """The book."""
    return load_book(load_config(ROOT))


@pytest.fixture(scope="module")
def stores(book) -> Stores:
    """Where its records are."""
    return Stores(book.config, report=print).committed_alone()


@pytest.mark.parametrize("capped", [True, False], ids=["capped", "full"])
@pytest.mark.parametrize("section", SECTIONS)
def test_frameworks_are_equally_accurate(book, stores, section, capped):
    page = next(page for page in book.pages if page.path.endswith(f"/{section}.md"))
    shown = {tab: stores.best(book.in_tab(page, tab), tab) for tab in TABS}
    records = {tab: s.record for tab, s in shown.items() if s and s.record.capped == capped}
    if not records:
        pytest.skip("its best records are of other runs")
    assert records.keys() == set(TABS), f"{section}.md: the tabs' records are of unlike runs"
    found = [f"{section}.md: {line}" for line in drifting_fits(records)]
    assert not found, "\n".join(found)


def test_a_framework_that_does_not_learn_is_seen():
    accuracies = {"pytorch": 0.75, "tensorflow": 0.10, "jax": 0.77, "mxnet": 0.71}
    found = list(outliers(accuracies, 341))
    assert found == ["tensorflow: 0.100, but 0.750 in the others"]


def test_chance_is_no_drift():
    accuracies = {"pytorch": 0.672, "tensorflow": 0.777, "jax": 0.760, "mxnet": 0.713}
    assert not list(outliers(accuracies, 341))
