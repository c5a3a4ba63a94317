"""The habits that every chapter keeps: short cells, four tabs, labels, citations, figures."""

import re
import runpy
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABS = {"pytorch", "tensorflow", "jax", "mxnet"}
PAGES = sorted([ROOT / "index.md", ROOT / "references.md", *ROOT.glob("chapter_*/*.md")])
FIGURES = sorted((ROOT / "img").glob("*.svg"))
SCRIPTS = sorted(path for path in (ROOT / "img/src").glob("*.py") if path.stem != "draw")
MAX_LINES, MAX_COLUMNS = 25, 78

FENCED = re.compile(r"^ *```.*?^ *``` *$", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^```\{\.python \.input[^}]*\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TAB_PROSE = re.compile(r"^:begin_tab:.*?^:end_tab:$", re.MULTILINE | re.DOTALL)
LABEL = re.compile(r":(?:eq)?label:`([^`]+)`")
REFERENCE = re.compile(r":(?:numref|ref|eqref):`([^`]+)`")
CITATION = re.compile(r":citet?:`([^`]+)`")
IMAGE = re.compile(r"^!\[[^\]]*\]\(([^)]+)\)", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A code cell of a page's source."""

    tabs: frozenset[str]
    """Tabs that run it; the setup cell has none."""
    code: str
    """Its lines without the tab mark."""
    line: int
    """1-based line of its opening fence."""
    step: int
    """Cells with nothing but tab prose between them are one step."""


def cells(text: str) -> list[Cell]:
    """All code cells, in order."""
    found: list[Cell] = []
    end = step = 0
    for match in CELL.finditer(text):
        step += bool(TAB_PROSE.sub("", text[end : match.start()]).strip())
        end = match.end()
        mark, _, rest = match[1].partition("\n")
        names = re.fullmatch(r"%%tab (.+)", mark)
        tabs = {name.strip() for name in names[1].split(",")} if names else set()
        tabs = TABS if tabs == {"all"} else tabs
        line = text[: match.start()].count("\n") + 1
        found.append(Cell(frozenset(tabs), rest if names else match[1], line, step))
    return found


def citations(text: str) -> set[str]:
    """Keys that a page cites."""
    return {key.strip() for group in CITATION.findall(text) for key in group.split(",")}


def bibliography() -> list[str]:
    """Keys of references.bib, in order."""
    return re.findall(r"^@\w+\{([^,]+),", (ROOT / "references.bib").read_text("utf-8"), re.M)


@pytest.fixture(params=PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def page(request) -> Path:
    """Each page of the book."""
    return request.param


@pytest.fixture
def text(page) -> str:
    """What the page's file holds."""
    return page.read_text(encoding="utf-8")


def test_cells_fit_a_screen(text):
    for cell in cells(text):
        lines = cell.code.rstrip("\n").split("\n")
        assert len(lines) <= MAX_LINES, f"line {cell.line}: {len(lines)} lines of code"
        too_wide = [line for line in lines if len(line) > MAX_COLUMNS]
        assert not too_wide, f"line {cell.line}: {too_wide}"


def test_every_step_of_code_is_there_for_every_tab(text):
    live = [cell for cell in cells(text) if cell.tabs]
    for _, step in groupby(live, key=lambda cell: cell.step):
        same_step = list(step)
        counts = Counter(tab for cell in same_step for tab in cell.tabs)
        assert len({counts[tab] for tab in TABS}) == 1, f"line {same_step[0].line}: {counts}"


def test_every_tab_is_known(text):
    for cell in cells(text):
        assert cell.tabs <= TABS, f"line {cell.line}: {set(cell.tabs - TABS)}"


def test_every_citation_is_in_the_bibliography(text):
    assert citations(text) <= set(bibliography())


def test_every_entry_of_the_bibliography_is_cited_and_unique():
    keys = bibliography()
    assert len(keys) == len(set(keys))
    cited = set().union(*(citations(path.read_text("utf-8")) for path in PAGES))
    assert set(keys) == cited


def test_every_section_and_figure_has_a_label(text):
    prose = FENCED.sub("", text)
    for mark in re.finditer(r"^#{1,2} .*$|^!\[[^\]]*\]\([^)]*\)$", prose, re.MULTILINE):
        following = prose[mark.end() :].lstrip("\n").split("\n", 1)[0]
        assert LABEL.fullmatch(following), f"no label after {mark[0]!r}"


def test_figures_tables_and_equations_are_referred_to(text):
    referred = set(REFERENCE.findall(text))
    shown = {label for label in LABEL.findall(text) if label.startswith(("fig_", "tab_", "eq_"))}
    assert shown <= referred


def test_every_exercise_has_a_folded_solution(text):
    section = text.partition("\n## Exercises\n")[2]
    exercises = re.findall(r"^(\d+)\. ", section, re.MULTILINE)
    assert exercises == [str(n) for n in range(1, len(exercises) + 1)]
    folded = re.findall(
        r"^ *<details><summary>Solution</summary>\n\n.+?\n\n *</details>$",
        section,
        re.MULTILINE | re.DOTALL,
    )
    assert len(folded) == len(exercises) == section.count("<details>")


def test_every_figure_exists_and_every_script_has_a_figure(text, page):
    for target in IMAGE.findall(text):
        assert (page.parent / target).resolve() in FIGURES
    names = [path.stem for path in FIGURES]
    assert names == [path.stem.replace("_", "-") for path in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_figures_are_up_to_date(script, monkeypatch):
    monkeypatch.syspath_prepend(str(script.parent))
    figure = runpy.run_path(str(script))["figure"]()
    target = ROOT / "img" / f"{script.stem.replace('_', '-')}.svg"
    assert figure.svg() == target.read_text(encoding="utf-8"), f"run img/src/{script.name} again"


def test_alexnet_counts_its_parameters_without_a_framework(capsys):
    text = (ROOT / "chapter_convolutional-modern/alexnet.md").read_text("utf-8")
    names: dict[str, object] = {}
    for cell in cells(text):
        if cell.tabs == TABS and not re.search(r"d2l\.|trainer|costs\.", cell.code):
            exec(cell.code, names)
    assert names["sides"] == [224, 54, 26, 26, 12, 12, 12, 12, 5]
    assert names["total"] == [46_764_746, 938_146_176, 608_650]
    assert "46,764,746 100.0%" in capsys.readouterr().out
