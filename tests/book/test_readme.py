"""What README.md quotes comes from the records and the benchmarks; each tab has its record."""

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.records.stores import Stores

ROOT = Path(__file__).parents[2]
BOOK = load_book(load_config(ROOT))
STORES = Stores(BOOK.config, report=print).committed_alone()
NOTEBOOKS = [
    (page, tab)
    for page in BOOK.pages
    for tab in BOOK.config.tabs
    if page.has_cells and page.in_tab(tab)
]


LINE = "loss 0.4, train acc 0.850, test acc {}, 2048.0 examples/sec on cpu\n"


def test_a_framework_without_a_record_keeps_its_column_of_the_readme():
    def record(accuracy):
        cell = ({"output_type": "stream", "name": "stdout", "text": LINE.format(accuracy)},)
        return SimpleNamespace(outputs=(cell,), receipt=SimpleNamespace(caps={"max_epochs": 1}))

    side_by_side = runpy.run_path(str(ROOT / "benchmarks/readme.py"))["side_by_side"]
    (row,) = side_by_side("AlexNet", [record(0.6), None, record(0.7)])
    assert row.reached == ("0.6, 2,048/s", "", "0.7, 2,048/s")
    assert row.runs == "capped run: 1 epoch"
    assert list(side_by_side("AlexNet", [None, None])) == []


def test_the_tables_of_the_readme_are_those_of_the_records():
    command = [sys.executable, ROOT / "benchmarks/readme.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "tab"), NOTEBOOKS, ids=[f"{page.path}-{tab}" for page, tab in NOTEBOOKS]
)
def test_every_notebook_has_a_committed_record(page, tab):
    shown = STORES.best(BOOK.in_tab(page, tab), tab)
    assert shown, f"make eval TAB={tab}, and commit outputs/"
