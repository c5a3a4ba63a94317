"""What ``build eval`` runs, what it finds, and what it says of notebooks that fail."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from d2lbook.book import whole
from d2lbook.book.whole import load_book
from d2lbook.cli import main
from d2lbook.config import load_config
from d2lbook.records.stores import Stores
from d2lbook.run.evaluate import evaluate as evaluate_book

FULL = "max_epochs = 2\noutputs = outputs"


def evaluate(capsys, *options):
    """Run ``build eval``; return its status, and the state of each notebook by page and tab."""
    capsys.readouterr()
    status = main(["build", "eval", *options])
    junit = ElementTree.parse("_build/eval.xml")
    cases = {(case.get("name"), case.get("classname")): case for case in junit.iter("testcase")}
    states = {}
    for line in capsys.readouterr().out.splitlines():
        page, _, rest = line.partition(": ")
        if page.endswith(".md") and not page.startswith("["):
            for part in rest.split(", "):
                *tab, state = part.partition(" (")[0].split()
                states[page.removesuffix(".md"), *tab] = state
    assert len(states) == len(cases)
    return status, states


@pytest.fixture
def library_book(tiny_book):
    """A book of two tabs whose pages use a library of its own."""
    tiny_book.configure(tabs="a, b", settings=FULL)
    for edition in "ab":
        folder = tiny_book.root / "lib" / edition
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(f"NAME = '{edition}'\n")
    (tiny_book.root / "lib" / "__init__.py").write_text("")
    tiny_book.write(
        "chapter/one",
        "%%tab a\nfrom lib import a as lib",
        "%%tab b\nfrom lib import b as lib",
        "%%tab all\nprint(lib.NAME)",
    )
    return tiny_book


def test_nothing_runs_whose_record_exists(tiny_book, capsys):
    tiny_book.write("one", "print('hello')")
    assert evaluate(capsys) == (0, {("one",): "ran"})
    assert evaluate(capsys) == (0, {("one",): "found"})
    record = json.loads(Path("outputs/one/all/full/record.json").read_text())
    assert record["outputs"] == [[{"output_type": "stream", "name": "stdout", "text": ["hello\n"]}]]


def test_prose_runs_nothing_and_a_cell_runs_its_notebook_in_its_tabs(tiny_book, capsys):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab all\nx = 1", "%%tab a\nx + 1", "%%tab b\nx + 2")
    tiny_book.write("two", "%%tab all\n3")
    everything = [("one", "a"), ("one", "b"), ("two", "a"), ("two", "b")]
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(everything, "ran")
    tiny_book.edit("one.md", "Some words.", "Other words.")
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(everything, "found")
    tiny_book.edit("one.md", "x + 2", "x + 3")
    states = {**dict.fromkeys(everything, "found"), ("one", "b"): "ran"}
    assert evaluate(capsys, "--tab", "all")[1] == states
    tiny_book.edit("one.md", "x = 1", "x = 2")
    states = {**dict.fromkeys(everything, "found"), ("one", "a"): "ran", ("one", "b"): "ran"}
    assert evaluate(capsys, "--tab", "all")[1] == states
    tiny_book.edit("one.md", "x = 2", "x = 1")
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(everything, "found")
    assert '"2"' in Path("outputs/one/a/full/record.json").read_text()


def test_an_edit_of_the_library_runs_that_edition_again(library_book, capsys):
    both = [("chapter/one", "a"), ("chapter/one", "b")]
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(both, "ran")
    library_book.edit("lib/a/__init__.py", "NAME", "# A comment.\nNAME")
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(both, "found")
    library_book.edit("lib/a/__init__.py", "'a'", "'A'")
    assert evaluate(capsys, "--tab", "all")[1] == {both[0]: "ran", both[1]: "found"}
    assert "A\\n" in Path("outputs/chapter/one/a/capped/record.json").read_text()
    library_book.edit("lib/a/__init__.py", "'A'", "'a'")
    assert evaluate(capsys, "--tab", "all")[1] == dict.fromkeys(both, "found")


def test_a_capped_run_never_displaces_a_full_one(library_book, capsys):
    one = ("chapter/one", "a")
    assert evaluate(capsys)[1] == {one: "ran"}
    assert evaluate(capsys, "--full")[1] == {one: "ran"}
    assert evaluate(capsys)[1] == {one: "found"}
    full = Path("outputs/chapter/one/a/full/record.json")
    before = full.read_bytes()
    library_book.edit("lib/a/__init__.py", "'a'", "'A'")
    assert evaluate(capsys)[1] == {one: "dated"}
    assert full.read_bytes() == before
    assert evaluate(capsys, "--full")[1] == {one: "ran"}
    assert full.read_bytes() != before
    assert evaluate(capsys)[1] == {one: "found"}


def test_caps_reach_the_cells_but_for_full_runs(tiny_book, capsys):
    caps = "max_epochs = 2\ndataset_limit = 64\nmax_side = 32"
    tiny_book.configure(settings=f"{caps}\noutputs = outputs")
    tiny_book.write(
        "one",
        """
        import os
        names = ['D2L_MAX_EPOCHS', 'D2L_DATASET_LIMIT', 'D2L_MAX_SIDE']
        names += ['D2L_SEED', 'PYTHONHASHSEED']
        print([os.environ.get(name) for name in names])
        """,
    )
    assert evaluate(capsys)[0] == evaluate(capsys, "--full")[0] == 0
    for run, printed in {
        "capped": "['2', '64', '32', '0', '0']\n",
        "full": "[None, None, None, '0', '0']\n",
    }.items():
        record = json.loads(Path(f"outputs/one/all/{run}/record.json").read_text())
        assert record["outputs"][0][0]["text"] == [printed]
    assert record["receipt"]["caps"] == {}


def test_cells_import_from_the_root_and_read_beside_the_page(tiny_book, capsys):
    (tiny_book.root / "tool.py").write_text("x = 5\n")
    tiny_book.write("chapter/one", "import tool\nprint(tool.x, open('near.txt').read())")
    (tiny_book.root / "chapter" / "near.txt").write_text("near")
    assert evaluate(capsys)[0] == 0
    assert "5 near" in Path("_build/eval/chapter/one.ipynb").read_text()


def test_notebooks_are_valid_and_hold_the_outputs(tiny_book, capsys):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab all\n6 * 7", "%%tab b\nprint('b')")
    tiny_book.write("two")
    assert evaluate(capsys, "--tab", "all")[0] == 0
    for folder, cells in (("eval", 1), ("eval_b", 2)):
        notebook = nbformat.read(f"_build/{folder}/one.ipynb", as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert len(code) == cells
        assert code[0].outputs[0].data["text/plain"] == "42"
        assert Path(f"_build/{folder}/two.ipynb").exists()


def test_a_failing_cell_is_told_with_its_line_and_others_go_on(tiny_book, capsys):
    tiny_book.configure(tabs="a, b")
    tiny_book.write(
        "bad", "%%tab all\nx = 1", "#@tab all\nif tab.selected('a'):\n    y = 1\nx / 0\n'after'"
    )
    tiny_book.write("good", "%%tab all\n1")
    assert main(["build", "eval", "--tab", "a"]) == 1
    message = capsys.readouterr().err
    line = 1 + (tiny_book.root / "bad.md").read_text().splitlines().index("x / 0")
    assert message.startswith(f"bad.md:{line}: ZeroDivisionError: division by zero in tab 'a'")
    assert "\n    y = 1\n  > x / 0\n    'after'" in message
    junit = ElementTree.parse("_build/eval.xml")
    assert junit.find("testsuite").get("failures") == "1"
    assert f"bad.md:{line}" in junit.find(".//failure").get("message")
    assert Path("outputs/good/a/full/record.json").exists()
    assert not Path("outputs/bad").exists()
    tiny_book.edit("bad.md", "x / 0", "x / 1")
    assert evaluate(capsys) == (0, {("bad", "a"): "ran", ("good", "a"): "found"})


@pytest.mark.parametrize(
    ("cell", "settings", "words"),
    [
        ("import os\nos._exit(3)", "", ["bad.md:6", "kernel died", "exit status 3"]),
        ("while True:\n    pass", "timeout = 3", ["bad.md:6", "after 3 s", "timeout"]),
        ("print('x' * 10_000)", "max_output_bytes = 500", ["bad.md:6", "500 bytes"]),
        ("import no_such", "", ["bad.md:6", "'no_such' is not installed", "pip install no_such"]),
        ("display({'image/png': None}, raw=True)", "", ["bad.md:6", "no output of a notebook"]),
        ("display({'image/png': 'abc'}, raw=True)", "", ["bad.md: a cell shows a picture that"]),
    ],
)
def test_each_way_to_fail_has_a_message(tiny_book, capsys, cell, settings, words):
    tiny_book.configure(settings=settings)
    tiny_book.write("bad", cell)
    assert main(["build", "eval"]) == 1
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert error.count("bad.md") == 1
    assert evaluate(capsys) == (1, {("bad",): "failed"})


def test_a_framework_that_is_not_installed_is_told_with_the_way_out(tiny_book, capsys):
    tiny_book.configure(tabs="mxnet")
    tiny_book.write("bad", "x = 1\nfrom mxnet import np")
    assert main(["build", "eval"]) == 1
    error = capsys.readouterr().err
    assert "bad.md:7: 'mxnet' is not installed for tab 'mxnet'" in error
    assert str(sys.executable) in error
    assert "pip install 'd2l[mxnet]'" in error
    assert "'d2l[mxnet]', then d2lbook build eval --tab mxnet" in error


def test_a_damaged_record_counts_as_absent(tiny_book, capsys):
    tiny_book.write("one", "print('hello')")
    evaluate(capsys)
    committed = Path("outputs/one/all/full/record.json")
    committed.write_bytes(committed.read_bytes()[:100])
    assert main(["build", "eval"]) == 0
    captured = capsys.readouterr()
    assert "outputs/one/all/full: this record counts as absent" in captured.err
    assert captured.err.count("\n") == 1
    assert "one.md: found" in captured.out
    for path in Path("cache").rglob("record.json"):
        path.write_text("")
    committed.write_text(committed.read_text().replace("hello", "hallo"))
    assert main(["build", "eval"]) == 0
    assert "one.md: ran" in capsys.readouterr().out


def test_a_record_that_can_not_be_written_is_told_and_the_run_is_not_lost(tiny_book, capsys):
    tiny_book.write("one", "print('hello')")
    Path("outputs").write_text("a file where the folder should be")
    assert main(["build", "eval"]) == 1
    error = capsys.readouterr().err
    assert "outputs/one/all/full" in error
    assert "can't be written" in error
    Path("outputs").unlink()
    assert evaluate(capsys)[1] == {("one",): "found"}


def test_records_of_versions_out_of_range_are_not_used(tiny_book, capsys, monkeypatch):
    from packaging.requirements import Requirement

    from d2lbook.records import stores
    from d2lbook.run import evaluate as module

    tiny_book.write("one", "1")
    assert evaluate(capsys)[0] == 0
    wanted = (Requirement("numpy<1"),)
    monkeypatch.setattr(stores, "declared_requirements", lambda tab: wanted)
    monkeypatch.setattr(module, "declared_requirements", lambda tab: wanted)
    assert main(["build", "eval"]) == 1
    captured = capsys.readouterr()
    assert "a record isn't used: made with numpy" in captured.err
    assert "where numpy<1 is asked for" in captured.err
    assert "one.md: failed" in captured.out


def test_a_book_that_is_not_evaluated_runs_nothing(tiny_book, capsys):
    tiny_book.edit("config.ini", "[build]", "[build]\neval_notebook = False")
    tiny_book.write("one", "1 / 0")
    assert evaluate(capsys) == (0, {("one",): "skipped"})
    assert Path("_build/eval/one.ipynb").exists()


def test_a_page_that_is_renamed_keeps_its_record(tiny_book, capsys):
    tiny_book.write("one", "print('hello')")
    assert evaluate(capsys)[1] == {("one",): "ran"}
    Path("one.md").unlink()
    tiny_book.write("two", "print('hello')")
    assert evaluate(capsys)[1] == {("two",): "found"}
    assert Path("outputs/two/all/full/record.json").exists()


def test_any_executor_runs_the_notebooks(tiny_book, capsys):
    tiny_book.write("one", "import os\nprint(os.getppid())")
    config = load_config(Path.cwd())
    book, stores = load_book(config), Stores(config)
    with ProcessPoolExecutor(1) as executor:
        (result,) = evaluate_book(book, stores, tabs=[""], executor=executor)
    assert result.state == "ran"
    (outputs,) = stores.best(book.pages[-1], "").record.outputs
    assert int(outputs[0]["text"]) != os.getpid()


def test_a_notebook_that_can_not_be_written_is_told_and_its_record_kept(tiny_book, capsys):
    tiny_book.write("one", "print('hello')")
    Path("_build/eval/one.ipynb").mkdir(parents=True)
    assert main(["build", "eval"]) == 1
    assert "_build/eval/one.ipynb: can't be written" in capsys.readouterr().err
    Path("_build/eval/one.ipynb").rmdir()
    assert evaluate(capsys)[1] == {("one",): "found"}


@pytest.mark.parametrize("spoil", ["page.unlink()", "page.write_bytes(bytes([255]))"])
def test_a_page_that_is_gone_when_its_notebook_fails_is_told_of_like_others(
    tiny_book, capsys, spoil
):
    tiny_book.write("one", f"import pathlib\npage = pathlib.Path('one.md')\n{spoil}\n1 / 0")
    assert main(["build", "eval"]) == 1
    assert "one.md:9: ZeroDivisionError" in capsys.readouterr().err


def test_tabs_that_were_chosen_are_known_to_the_next_build(tiny_book, capsys, monkeypatch):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab all\n1")
    assert evaluate(capsys)[0] == 0
    monkeypatch.setattr(whole, "choose_tab", lambda *page: pytest.fail("it is known"))
    assert evaluate(capsys)[0] == 0


def test_several_notebooks_run_at_once(tiny_book, capsys):
    meet = """
    import pathlib, time
    pathlib.Path('{0}').touch()
    while not pathlib.Path('{1}').exists():
        time.sleep(0.01)
    """
    tiny_book.configure(settings="timeout = 60")
    tiny_book.write("one", meet.format("a", "b"))
    tiny_book.write("two", meet.format("b", "a"))
    assert evaluate(capsys, "--jobs", "2")[1] == {("one",): "ran", ("two",): "ran"}


def start(*arguments):
    """Start ``d2lbook`` in a process of its own, which Ctrl-C reaches.

    A shell that runs the tests in the background has them ignore it, and their children with them.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "d2lbook", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(path):
    """Wait until a file exists and return its text."""
    deadline = time.monotonic() + 30
    while not (Path(path).exists() and Path(path).read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return Path(path).read_text()


def assert_ends(pid):
    """Check that a process ends within some seconds."""
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_build_goes_on_after_it_was_stopped(tiny_book, capsys, number):
    tiny_book.write("a", "print('done')")
    tiny_book.write("b", "1 / 0")
    tiny_book.write(
        "c",
        """
        import os, pathlib, time
        if not pathlib.Path('pid').exists():
            _ = pathlib.Path('pid').write_text(str(os.getpid()))
            time.sleep(600)
        """,
    )
    build = start("build", "eval", "--jobs", "1")
    kernel = wait_for("pid")
    build.send_signal(number)
    out, error = build.communicate(timeout=20)
    assert_ends(kernel)
    if number == signal.SIGINT:
        assert build.returncode == 130
        assert error.strip().startswith("Stopped; what had finished is kept.")
        assert "b.md:6: ZeroDivisionError" in error
        assert "Traceback" not in out + error
    assert evaluate(capsys) == (1, {("a",): "found", ("b",): "failed", ("c",): "ran"})
