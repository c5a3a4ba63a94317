"""Every section's notebook runs in every tab from start to end, under tiny caps."""

import re

import pytest
from tiny_book import ROOT, TABS, pages

SECTIONS = [path.stem for path in pages(ROOT)]
CLOSING = re.compile(r"loss [\d.]+, train acc [\d.]+, test acc [\d.]+, [\d.]+ examples/sec on ")
pytestmark = pytest.mark.timeout(2400)  # the first test waits for all notebooks


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_runs_and_trains(evaluated, section, tab):
    text = "\n".join(evaluated.printed(section, tab))
    assert CLOSING.search(text)
    assert re.search(r"capped run: 1 of \d+ epochs, 64 of 60,000 training images", text)


def test_alexnet_counts_its_parameters_by_a_formula(evaluated):
    tables = {
        re.search(r"conv1 .*?total +46,764,746 [^\n]*", "\n".join(texts), re.DOTALL)[0]
        for texts in (evaluated.printed("alexnet", tab) for tab in TABS)
    }
    assert len(tables) == 1


def test_nothing_runs_twice(evaluated):
    assert f"{len(SECTIONS) * len(TABS)} found" in evaluated.evaluate()
