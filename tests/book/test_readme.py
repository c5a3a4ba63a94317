"""What README.md quotes comes from the records and the benchmarks; each tab has its record."""

import subprocess
import sys
from pathlib import Path

import pytest

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.records.stores import Stores
from d2lbook.source.tabs import choose_tab

ROOT = Path(__file__).parents[2]
BOOK = load_book(load_config(ROOT))
NOTEBOOKS = [
    (page, tab)
    for page in BOOK.pages
    for tab in BOOK.config.tabs
    if page.has_cells and page.in_tab(tab)
]


def test_the_tables_of_the_readme_are_those_of_the_records():
    command = [sys.executable, ROOT / "benchmarks/readme.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "tab"), NOTEBOOKS, ids=[f"{page.path}-{tab}" for page, tab in NOTEBOOKS]
)
def test_every_notebook_has_a_committed_record(page, tab, tmp_path):
    config = load_config(ROOT)
    stores = Stores.of(config, report=print)
    shown = stores.best(choose_tab(page, tab, config), tab)
    assert shown, f"make eval TAB={tab}, and commit outputs/"
    assert (ROOT / "outputs" / Path(page.path).with_suffix("") / tab).is_dir()
