"""A page and the records of its tabs become one notebook."""

from dataclasses import replace

import nbformat
import pytest
from nbformat import from_dict

from d2lbook.config import load_config
from d2lbook.markup.inert import inert
from d2lbook.publish.weave import LINE_SHIFT, weave, written
from d2lbook.records import receipts
from d2lbook.records.stores import Shown
from d2lbook.source.markdown import parse_page

TABS = ["pytorch", "tensorflow", "jax", "mxnet"]


@pytest.fixture
def notebook_of(sample, stores):
    """Weave a page of the sample book."""

    def build(path):
        config = load_config(sample)
        page = parse_page(path, (sample / path).read_text("utf-8"), config)
        return from_dict(weave(page, {tab: stores.best(page, tab) for tab in TABS}, config))

    return build


@pytest.fixture
def alpha(notebook_of):
    return notebook_of("chapter_tides/alpha.md")


@pytest.fixture
def weave_text(tmp_path):
    """Weave a text as the only page of a book with these tabs, without records."""

    def build(text, tabs="pytorch, jax"):
        (tmp_path / "config.ini").write_text(f"[build]\ntabs = {tabs}\n")
        config = load_config(tmp_path)
        return from_dict(weave(parse_page("index.md", text, config), {}, config))

    return build


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def containing(notebook, text):
    return [cell for cell in code_cells(notebook) if text in cell.source]


def test_the_notebook_is_valid_and_the_same_each_time(notebook_of):
    first, second = (notebook_of("chapter_tides/alpha.md") for _ in range(2))
    nbformat.validate(first)
    assert written(first) == written(second)


def test_every_cell_knows_its_line_in_the_chapter(alpha, sample):
    lines = (sample / "chapter_tides/alpha.md").read_text("utf-8").splitlines()
    places = alpha.metadata.source_map
    headings = [
        (cell.source, lines[place - LINE_SHIFT - 1])
        for cell, place in zip(alpha.cells, places, strict=True)
        if cell.source.startswith("## ")
    ]
    assert len(headings) == 3
    assert all(woven == written for woven, written in headings)


def test_setup_cells_are_gone(alpha):
    assert not containing(alpha, "interact_select")


def test_cells_of_one_place_share_a_group(alpha):
    cells = [cell for cell in code_cells(alpha) if cell.source.endswith(("torch", "as tf", "jnp"))]
    assert [cell.metadata.d2l.tabs for cell in cells] == [["pytorch"], ["tensorflow"], ["jax"]]
    assert len({cell.metadata.d2l.group for cell in cells}) == 1
    prose = [cell.source for cell in alpha.cells if cell.source.startswith("```{tab-prose}")]
    group = cells[0].metadata.d2l.group
    assert prose[0].startswith(f"```{{tab-prose}} {group} mxnet\n")
    assert prose[1].startswith(f"```{{tab-prose}} {group} pytorch,jax\n")


def test_what_all_tabs_share_is_there_once(alpha):
    (cell,) = containing(alpha, "6 * 7")
    assert [output.text for output in cell.outputs] == ["42\n"]
    assert "tabs" not in cell.metadata.d2l
    assert [run.tab for run in cell.metadata.d2l.runs] == TABS


def test_outputs_that_differ_follow_the_code_by_tab(alpha):
    code, *outputs = containing(alpha, "sys.modules")
    assert code.outputs == []
    assert "tabs" not in code.metadata.d2l
    assert [cell.metadata.d2l.tabs for cell in outputs] == [[tab] for tab in TABS]
    assert [cell.outputs[0].text for cell in outputs] == [f"{tab} at work\n" for tab in TABS]
    assert all("remove-input" in cell.metadata.tags for cell in outputs)


def test_code_that_differs_is_there_by_tab(alpha):
    cells = containing(alpha, "class Gauge")
    assert [cell.metadata.d2l.tabs for cell in cells] == [[tab] for tab in TABS]
    assert "torch.cos" in cells[0].source
    assert "torch.cos" not in cells[1].source


def test_pictures_have_a_text(alpha):
    cell = containing(alpha, "class Gauge")[2]
    assert cell.metadata.mystnb.image.alt == "Picture drawn in JAX by gauge.draw(hours=24)"


def test_hide_marks_become_tags(alpha):
    (cell,) = containing(alpha, "torch.table")
    assert cell.metadata.tags == ["remove-input"]
    assert "Hide" not in cell.source


def test_a_missing_record_is_noted(notebook_of):
    cells = {
        tuple(cell.metadata.d2l.tabs): cell
        for cell in code_cells(notebook_of("chapter_tides/beta.md"))
    }
    assert cells[("pytorch",)].metadata.d2l.notes == []
    assert cells[("jax",)].metadata.d2l.notes == ["Not run in JAX: there is no record of it."]
    assert cells[("jax",)].outputs == []


def test_a_book_without_tabs_has_no_groups(weave_text):
    notebook = weave_text("# A\n\n```{.python .input}\nx = 1\n```\n", tabs="")
    (cell,) = code_cells(notebook)
    assert "tabs" not in cell.metadata.d2l
    assert cell.metadata.d2l.notes == ["Not run: there is no record of it."]


def test_a_cell_that_one_tab_loses_is_shown_in_the_others(weave_text):
    branch = "if tab.selected('jax'):\n    x = 1"
    notebook = weave_text(f"# A\n\n```{{.python .input}}\n%%tab all\n{branch}\n```\n")
    assert [cell.source for cell in code_cells(notebook)][-1] == "x = 1"


def test_outputs_are_inert():
    html = '<p onclick="x()">kept<script>x()</script><img src="https://example.org/a.png"></p>'
    (output, script, text) = inert(
        [
            {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}},
            {"output_type": "display_data", "data": {"application/javascript": "x()"}},
            {"output_type": "stream", "name": "stdout", "text": "<script>"},
        ]
    )
    assert output["data"] == {"text/html": "<p>kept</p>"}
    assert script["data"] == {"text/plain": "(not shown here: application/javascript)"}
    assert text["text"] == "<script>"


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("pytorch", "PyTorch 2.13.0 · NVIDIA H100 80GB HBM3 · full run"),
        ("mxnet", "MXNet 2.13.0 · Some CPU (2 cores) · capped run: 3 epochs, 2,048 images"),
    ],
)
def test_a_run_is_summed_up(notebook_of, stores, sample, tab, expected):
    page = parse_page("chapter_tides/alpha.md", "# A", load_config(sample))
    assert receipts.summary(stores.best(page, tab), tab) == expected


PER_TAB = """```{.python .input}
%%tab mxnet
fit()
```

```{.python .input}
%%tab pytorch
fit()
```"""


@pytest.mark.parametrize("cells", [PER_TAB, "```{.python .input}\n%%tab all\nfit()\n```"])
def test_trainings_are_set_side_by_side(stores, sample, cells):
    config = load_config(sample)
    page = parse_page("one.md", f"# A\n\n{cells}\n\nAfter.\n", config)
    run = stores.best(parse_page("chapter_tides/alpha.md", "# A", config), "pytorch").record

    def shown(accuracy):
        line = f"loss 0.4, train acc 0.85, test acc {accuracy}, 512.0 examples/sec on cpu\n"
        output = {"output_type": "stream", "name": "stdout", "text": line}
        return Shown(replace(run, outputs=((output,),)), dated=False)

    notebook = weave(page, {"pytorch": shown("0.86"), "mxnet": shown("0.87")}, config)
    sources = [cell["source"] for cell in notebook["cells"]]
    (table,) = [source for source in sources if "side-by-side" in source]
    assert [row.split(" | ")[3] for row in table.splitlines() if "| 0.4 |" in row] == [
        "0.86",
        "0.87",
    ]
    assert sources.index(table) == sources.index("After.") - 1


def test_a_dated_run_says_so(stores, sample):
    page = parse_page("chapter_tides/alpha.md", "# A", load_config(sample))
    shown = stores.best(page, "jax")
    assert receipts.summary(shown, "jax").endswith("dated: the library has changed since")
    rows = dict(receipts.rows(shown))
    assert rows["Started"] == "2026-11-20 09:30 UTC"
    assert rows["Took"] == "2 min 05 s"
    assert rows["Peak memory"] == "3.00 GiB"
    assert "Driver" not in rows


def test_a_receipt_without_a_library_has_no_line_on_it(stores, sample):
    page = parse_page("chapter_tides/alpha.md", "# A", load_config(sample))
    record = stores.best(page, "jax").record
    bare = replace(record, receipt=replace(record.receipt, fingerprint=""))
    assert "Library" not in dict(receipts.rows(Shown(bare, dated=False)))


def test_a_figure_can_begin_a_list_item(weave_text):
    (cell,) = weave_text("* ![A.](a.svg) :label:`fig_a`\n* B\n").cells
    directive = "  ```{figure} a.svg\n  :alt: A.\n  :name: fig_a\n\n  A.\n  ```"
    assert cell.source == f"*\n{directive}\n\n* B"
