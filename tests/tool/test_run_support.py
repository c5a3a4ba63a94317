"""What surrounds a run: slots, progress, messages and the JUnit file."""

import io
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from d2lbook.errors import BookError
from d2lbook.run import slots as module
from d2lbook.run.evaluate import Result, summary
from d2lbook.run.execute import Failure, Job
from d2lbook.run.failures import explain, page_line
from d2lbook.run.junit import write_junit
from d2lbook.run.progress import Bars, Lines, display
from d2lbook.run.slots import slots
from d2lbook.source.page import Block


@pytest.fixture
def machine(monkeypatch):
    """Return a function that sets the machine's cores and GPUs."""

    def make(cores, gpus=()):
        monkeypatch.setattr(module, "usable_cores", lambda: cores)
        monkeypatch.setattr(module, "visible_gpus", lambda: list(gpus))

    return make


@pytest.mark.parametrize(
    ("cores", "gpus", "notebooks", "at_once", "threads", "devices"),
    [
        (2, "", 24, None, ["1", "1"], [None, None]),
        (8, "", 2, None, ["4", "4"], [None, None]),
        (8, "", 1, None, ["8"], [None]),
        (8, "", 9, 3, ["2", "2", "2"], [None] * 3),
        (16, "01", 9, None, ["8", "8"], ["0", "1"]),
        (16, "0", 9, 2, ["8", "8"], ["0", "0"]),
        (1, "", 5, 4, ["1"] * 4, [None] * 4),
    ],
)
def test_slots_share_out_the_machine(machine, cores, gpus, notebooks, at_once, threads, devices):
    machine(cores, gpus)
    shares = slots(notebooks, at_once=at_once)
    assert [share["OMP_NUM_THREADS"] for share in shares] == threads
    assert [share.get("CUDA_VISIBLE_DEVICES") for share in shares] == devices


def test_cores_are_counted_where_processes_are_bound_to_none(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 10)
    assert module.usable_cores() == 10


def test_gpus_are_those_that_nvidia_smi_lists(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'GPU 0: A (UUID: x)'\necho 'GPU 1: B (UUID: y)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert module.visible_gpus() == ["0", "1"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, 5")
    assert module.visible_gpus() == ["3", "5"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert module.visible_gpus() == []


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(shown):
    with shown:
        shown.start("page.md (jax)", 3)
        shown.cell("page.md (jax)", 1)
        shown.finish("page.md (jax)", "ran (2.0 s)")


def test_progress_is_plain_lines_where_there_is_no_terminal():
    stream = io.StringIO()
    told(display(2, stream))
    assert stream.getvalue() == "[1/2] page.md (jax): ran (2.0 s)\n"


def test_progress_is_bars_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    told(display(2, stream))
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "[1/2] page.md (jax): ran (2.0 s)" in text
    assert "all notebooks" in text
    assert isinstance(display(2, stream), Bars)
    monkeypatch.setenv("TERM", "dumb")
    assert type(display(2, stream)) is Lines


PAGE = """# Title

```{.python .input}
%%tab a, b
import d2l
if tab.selected('a'):
    x = d2l.ones(2)
if tab.selected('b'):
    x = 2
x = x + 1
print(x)
```

x = x + 1
""".splitlines()


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        ("import d2l\nx = torch.ones(2)\nx = x + 1\nprint(x)", 1, 5),
        ("import d2l\nx = torch.ones(2)\nx = x + 1\nprint(x)", 2, 6),
        ("import d2l\nx = torch.ones(2)\nx = x + 1\nprint(x)", 3, 10),
        ("import d2l\nx = torch.ones(2)\nx = x + 1\nprint(x)", 4, 11),
        ("import d2l\nx = 2\nx = x + 1\nprint(x)", 0, 5),
    ],
)
def test_a_line_of_a_cell_is_found_in_the_page(source, line, expected):
    assert page_line(Block("cell", source, 5), line, PAGE) == expected


def explained(**failure):
    job = Job("page.md", "a", ("x",), Path("/python"), Path(), {}, timeout=9, max_output_bytes=9)
    return str(explain(Failure(**failure), job, [Block("cell", "x", 5)], PAGE))


def test_a_traceback_is_shown_where_it_says_more_than_the_cell():
    one = "Traceback\n  Cell In[1], line 1\n    x\nE: no"
    two = one.replace("E: no", "  File lib.py:3 in f\n    y\nE: no")
    raised = {"kind": "raised", "error": "E", "message": "no", "line": 1}
    assert "Traceback" not in explained(**raised, traceback=one)
    assert "File lib.py:3" in explained(**raised, traceback=two)


def test_of_a_long_traceback_or_message_the_ends_are_shown():
    frames = "".join(f"\n  Cell In[1], line 1 in f{number}\n    f()" for number in range(3000))
    said = explained(kind="raised", error="E", message="x" * 50_000, traceback=f"{frames}\nE: no")
    assert "in f0" in said
    assert "in f2999" in said
    assert "lines are left out" in said
    assert len(said) < 6_000


def test_a_killed_kernel_hints_at_memory():
    assert "out of memory" in explained(kind="died", error="signal SIGKILL")
    assert "out of memory" not in explained(kind="died", error="signal SIGSEGV")


def test_a_kernel_that_does_not_start_has_the_way_out():
    missing = explained(kind="unstarted", message="/python: No module named ipykernel")
    assert "/python -m pip install ipykernel" in missing
    assert "boom" in explained(kind="unstarted", message="boom")


def test_a_probe_that_fails_is_told():
    assert "no receipt" in explained(kind="raised", cell=1, error="E", message="no")


RESULTS = [
    Result("b.md", "jax", "found"),
    Result("a.md", "jax", "ran", 1.25),
    Result("a.md", "mxnet", "failed", 2, BookError("it \x1b[1mfailed\x00 <&>\nbadly", "a.md", 3)),
    Result("c.md", "jax", "dated"),
    Result("d.md", "jax", "skipped"),
]


def test_the_summary_has_a_line_for_each_page():
    lines = summary(RESULTS).splitlines()
    assert lines[0] == "a.md: jax ran (1.2 s), mxnet failed (2.0 s)"
    assert lines[1] == "b.md: jax found"
    assert lines[4] == "Notebooks with code: 5 (1 found, 1 ran, 1 failed, 1 dated, 1 skipped)"
    assert "--full" in lines[5]
    assert summary([]) == "Notebooks with code: 0 (none)"


def test_the_junit_file_can_be_read_whatever_a_cell_prints(tmp_path):
    write_junit(tmp_path / "eval.xml", RESULTS)
    suite = ElementTree.parse(tmp_path / "eval.xml").find("testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "skipped": "1",
    }
    failure = suite.find("testcase[@classname='mxnet']/failure")
    assert failure.get("message") == "a.md:3: it \N{REPLACEMENT CHARACTER}[1mfailed" + (
        "\N{REPLACEMENT CHARACTER} <&>"
    )
    assert failure.text.endswith("badly")
