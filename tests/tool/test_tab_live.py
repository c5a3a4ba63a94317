"""`%load_ext d2lbook.tab` in a live IPython, with buttons and without."""

import re
import subprocess
import sys
import types

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from d2lbook.live.notebook import to_live

SETUP = "%load_ext d2lbook.tab\ntab.interact_select(['PyTorch', 'jax'])"


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run a cell in a fresh IPython without ipywidgets; gives what it prints."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.delitem(sys.modules, "d2lbook.tab", raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))

    def run_cell(source, *, fails=False, cell_id=None):
        shell.parent_header = {"metadata": {"cellId": cell_id}} if cell_id else {}
        result = shell.run_cell(source)
        assert result.success is not fails
        return re.sub(r"\x1b\[[\d;]*m", "", "".join(capsys.readouterr()))

    yield run_cell
    InteractiveShell.clear_instance()


def test_cells_of_the_chosen_tab_run_and_others_are_skipped(run):
    assert run(SETUP) == "The chosen tab is pytorch. For another: tab.select('jax')\n"
    assert run("%%tab pytorch, mxnet\nx = 1\nprint(x)") == "1\n"
    assert run("#@tab JAX\nx = 2") == "Skipped: for jax; the chosen tab is pytorch.\n"
    assert run("%%tab all\nprint(x, tab.selected('jax'), tab.selected('mxnet', 'pytorch'))") == (
        "1 False True\n"
    )
    assert run("tab.select('jax')") == "The chosen tab is jax. For another: tab.select('pytorch')\n"
    assert run("%%tab jax\nx = 2\nprint(x)") == "2\n"


def test_tabs_may_be_given_one_by_one_and_the_choice_outlives_the_setup_cell(run):
    run("from d2lbook import tab\ntab.interact_select('mxnet', 'jax')")
    run("tab.select('jax')")
    run("tab.interact_select('mxnet', 'jax')")
    assert run("%%tab jax\nprint(tab.selected(['jax']))") == "True\n"
    run("tab.interact_select('mxnet')")
    assert run("print(tab.selected('mxnet'))") == "True\n"


def test_a_cell_runs_as_without_its_mark(run):
    run(SETUP)
    assert run("%%tab pytorch\n6 * 7").endswith("42\n")
    shown = run("%%tab pytorch\n1 / 0", fails=True)
    assert shown.count("ZeroDivisionError: division by zero") == 1
    wait = "import asyncio\nawait asyncio.sleep(0)\nprint('done')"
    assert run(f"%%tab pytorch\n{wait}") == "done\n"
    assert run("#@table\nprint(1)") == "1\n"


@pytest.mark.parametrize(
    "cell",
    [
        "\n# A comment\n#@tab jax\nprint(1)",
        "#@tab mxnet\n# @tab: JAX ,pytorch\nprint(1)",
        "%%tab jax\n\n%%capture out\nprint(2)",
        "x = 1\n#@tab jax\nprint(x)",
        "  %%tab jax\n  print(1)",
    ],
)
def test_marks_are_found_where_a_build_finds_them(run, cell):
    """The rules are those of `d2lbook.source.cells`, which the build reads cells by."""
    run(SETUP)
    run("tab.select('jax')")
    assert run(cell) in ("1\n", "")
    run("tab.interact_select('pytorch', 'other')\ntab.select('other')")
    assert run(cell).startswith("Skipped: for ")
    assert run("'#@tab mxnet'").endswith("'#@tab mxnet'\n")


@pytest.mark.parametrize("source", ["x = 1\nprint('tab')", "print('tab')"])
def test_a_cell_of_a_page_without_a_mark_is_for_the_default_tab(run, monkeypatch, source):
    monkeypatch.setenv("D2LBOOK_DEFAULT_TAB", "pytorch")
    page = f"# A\n\n{cell(SETUP)}\n{cell(source)}\n:begin_tab:`jax`\n{cell(source)}\n:end_tab:\n"
    setup, plain, in_region = (c["id"] for c in to_live(page).cells if c.cell_type == "code")
    run(SETUP, cell_id=setup)
    assert run(source, cell_id=plain) == "tab\n"
    run("tab.select('jax')")
    assert run(source, cell_id=plain) == (
        "Skipped: for pytorch, as it has no mark; the chosen tab is jax.\n"
    )
    assert run(source, cell_id=in_region) == "tab\n"
    assert run(source, cell_id="2a0e5fd1-7c1d-4a5f-9d5a-3f6a2c1e8b77") == "tab\n"
    assert run(source) == "tab\n"
    assert "The chosen tab is jax" in run(SETUP, cell_id=setup)


def test_without_a_default_tab_every_cell_without_a_mark_runs(run, monkeypatch):
    monkeypatch.delenv("D2LBOOK_DEFAULT_TAB", raising=False)
    run(SETUP)
    run("tab.select('jax')")
    assert run("print(1)", cell_id=to_live(cell("print(1)")).cells[0]["id"]) == "1\n"


def cell(source):
    """A page's fence of a cell."""
    return f"```{{.python .input}}\n{source}\n```\n"


def test_the_extension_can_be_loaded_again_and_unloaded(run):
    run(SETUP)
    run("%reload_ext d2lbook.tab\ntab.interact_select('jax')")
    assert run("%%tab pytorch\n1") == "Skipped: for pytorch; the chosen tab is jax.\n"
    run("%unload_ext d2lbook.tab")
    assert run("#@tab pytorch\nprint(1)") == "1\n"
    run("import d2lbook.tab\nd2lbook.tab.unload_ipython_extension(get_ipython())")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("tab.selected('jax')", "run the cell with tab.interact_select"),
        ("%%tab jax", "run the cell with tab.interact_select"),
        ("tab.interact_select([])", "ValueError: name the tabs"),
        ("%%tab", "SyntaxError: name a tab: %%tab pytorch, jax"),
        (f"{SETUP}\ntab.select('mxnet')", "tab 'mxnet' is not offered (tabs: pytorch, jax)"),
    ],
)
def test_wrong_calls_say_what_to_do(run, cell, message):
    run("%load_ext d2lbook.tab")
    assert message in run(cell, fails=True)


def test_buttons_where_ipywidgets_is_installed(run, monkeypatch):
    shown = []

    class ToggleButtons:
        def __init__(self, **options):
            self.options = options
            shown.append(self)

        def observe(self, react, names):
            self.click = lambda name: react({"name": names, "new": name})

    widgets = types.SimpleNamespace(ToggleButtons=ToggleButtons)
    monkeypatch.setitem(sys.modules, "ipywidgets", widgets)
    assert "The chosen tab" not in run(SETUP)
    assert shown[0].options["options"] == ("pytorch", "jax")
    shown[0].click("jax")
    assert run("print(tab.selected('jax'))") == "True\n"


def test_it_works_outside_of_ipython_and_imports_little():
    code = (
        "import sys, IPython.display; sys.modules['ipywidgets'] = None;"
        "before = set(sys.modules); from d2lbook import tab;"
        "tab.interact_select('a', 'b'); print(tab.selected('a'));"
        "print({name.split('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "The chosen tab is a. For another: tab.select('b')",
        "True",
        "{'d2lbook'}",
    ]
