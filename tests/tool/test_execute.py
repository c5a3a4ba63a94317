"""Running notebooks: what comes back of good ones, and of each way to go wrong."""

import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from d2lbook.run import kernels
from d2lbook.run.execute import Job, Stop, failing_line, run_job


@pytest.fixture
def job(tmp_path):
    """Return a function that makes a job of some cells."""

    def make(*sources, **changes):
        settings = {
            "page": "page.md",
            "tab": "",
            "sources": sources,
            "python": Path(sys.executable),
            "folder": tmp_path,
            "environment": {},
            "timeout": 60,
            "max_output_bytes": 100_000,
        }
        return Job(**{**settings, **changes})

    return make


def texts(outcome):
    """Return the plain text of each cell's outputs."""
    return [
        "".join(out.get("text") or out["data"]["text/plain"] for out in cell)
        for cell in outcome.outputs
    ]


def is_running(pid):
    """Whether a process exists and isn't a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ended_soon(pid):
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def test_cells_share_a_kernel_and_give_clean_outputs(job, tmp_path):
    seen = []
    outcome = run_job(
        job(
            "import os\nx = 20",
            "x + 1",
            "for i in range(3):\n    print(f'{i}\\r', end='')\nprint()",
            "print(os.getcwd(), os.environ['MARK'], os.environ.get('D2L_MAX_EPOCHS'))",
            environment={"MARK": "here"},
        ),
        on_cell=seen.append,
    )
    assert outcome.failure is None
    assert texts(outcome) == ["", "21", "2\n", f"{tmp_path} here None\n"]
    assert seen == [0, 1, 2, 3]
    assert 0 < outcome.seconds < 30


def test_caps_of_the_caller_do_not_reach_the_kernel(job, monkeypatch):
    monkeypatch.setenv("D2L_MAX_EPOCHS", "7")
    source = (
        "import os\nprint(os.environ.get('D2L_MAX_EPOCHS'), os.environ.get('D2L_DATASET_LIMIT'))"
    )
    assert texts(run_job(job(source))) == ["None None\n"]
    capped = job(source, environment={"D2L_MAX_EPOCHS": "1", "D2L_DATASET_LIMIT": "64"})
    assert texts(run_job(capped)) == ["1 64\n"]


def test_the_kernel_says_where_it_ran(job):
    hostile = "len = print = None\nimport numpy\n%config InlineBackend.figure_formats = ['svg']"
    outcome = run_job(job(hostile, declared=("nbclient", "no-such-distribution")))
    assert outcome.failure is None
    circumstances = outcome.circumstances
    assert circumstances["device"]
    assert circumstances["driver"] == ""
    assert {"python", "numpy", "nbclient", "d2l"} == set(circumstances["versions"])
    assert circumstances["versions"]["python"] == sys.version.split()[0]
    assert 20 << 20 < circumstances["peak_memory"] < 1 << 30
    assert circumstances["threads"] >= 1


def test_a_cell_that_raises_names_its_line(job):
    cells = ("def f(x):\n    return 1 / x", "y = 1\n\nprint('so far')\nf(0)\n", "print('never')")
    outcome = run_job(job(*cells))
    failure = outcome.failure
    assert (failure.kind, failure.cell, failure.line) == ("raised", 1, 4)
    assert (failure.error, failure.message) == ("ZeroDivisionError", "division by zero")
    assert "return 1 / x" in failure.traceback
    assert "\x1b" not in failure.traceback
    assert outcome.outputs[1][0]["text"] == "so far\n"
    assert outcome.outputs[2] == ()


def test_an_object_that_can_not_be_shown_is_told_of_by_its_exception(job):
    source = "class A:\n    def __repr__(self):\n        raise ValueError('no')\nA()"
    failure = run_job(job(source)).failure
    assert (failure.line, failure.error, failure.message) == (3, "ValueError", "no")


def test_a_cell_that_is_no_python_names_its_line(job):
    failure = run_job(job("x = 1\ny = (\n")).failure
    assert (failure.kind, failure.line, failure.error) == ("raised", 2, "SyntaxError")


def test_a_kernel_that_dies_is_reported(job):
    failure = run_job(job("import os", "os._exit(3)")).failure
    assert (failure.kind, failure.cell, failure.error) == ("died", 1, "exit status 3")


def test_a_kernel_that_is_killed_is_reported_with_the_signal(job):
    failure = run_job(job("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")).failure
    assert (failure.kind, failure.error) == ("died", "signal SIGKILL")


def test_a_cell_that_never_returns_is_really_ended(job, tmp_path):
    source = (
        "import os, pathlib, signal, subprocess, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "pathlib.Path('pids').write_text(f'{os.getpid()} {child.pid}')\n"
        "while True:\n    time.sleep(1)"
    )
    start = time.monotonic()
    failure = run_job(job("1", source, timeout=3)).failure
    assert (failure.kind, failure.cell) == ("timeout", 1)
    assert time.monotonic() - start < 10
    assert all(map(ended_soon, (tmp_path / "pids").read_text().split()))


def test_children_of_a_notebook_end_with_it(job, tmp_path):
    source = (
        "import subprocess, pathlib\n"
        "pid = subprocess.Popen(['sleep', '600']).pid\n"
        "_ = pathlib.Path('pid').write_text(str(pid))"
    )
    assert run_job(job(source)).failure is None
    assert ended_soon((tmp_path / "pid").read_text())


@pytest.mark.parametrize(
    "source",
    ["while True:\n    print('x' * 1000)", "print('x' * 1_000_000)", "'x' * 1_000_000"],
)
def test_a_cell_that_floods_its_output_is_ended(job, source):
    outcome = run_job(job(source))
    assert outcome.failure.kind == "flooded"
    assert sum(map(len, texts(outcome))) <= 100_000


def test_frames_that_replace_each_other_are_no_flood(job):
    source = (
        "from IPython.display import clear_output\n"
        "for i in range(20):\n    clear_output(wait=True)\n    print(str(i) * 10_000)"
    )
    outcome = run_job(job(source))
    assert outcome.failure is None
    assert texts(outcome)[0].startswith("1919")


def test_a_python_without_ipykernel_is_reported(job, tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    python.chmod(0o755)
    failure = run_job(job("1", python=python)).failure
    assert failure.kind == "unstarted"
    assert "No module named ipykernel" in failure.message


def test_a_python_that_is_not_there_is_reported(job, tmp_path):
    failure = run_job(job("1", python=tmp_path / "none")).failure
    assert failure.kind == "unstarted"
    assert "No such file" in failure.message


def test_a_run_stops_on_request_and_its_kernel_ends(job, tmp_path):
    source = (
        "import os, pathlib, time\n"
        "pathlib.Path('pid').write_text(str(os.getpid()))\n"
        "time.sleep(600)"
    )
    stop, outcomes = Stop(), []
    thread = threading.Thread(target=lambda: outcomes.append(run_job(job(source), stop=stop)))
    thread.start()
    while not (tmp_path / "pid").exists():
        time.sleep(0.02)
    stop.request()
    thread.join(timeout=10)
    assert outcomes[0].failure.kind == "stopped"
    assert ended_soon((tmp_path / "pid").read_text())
    assert run_job(job("1"), stop=stop).failure.kind == "stopped"


def test_jobs_and_outcomes_travel_to_other_processes(job):
    with ProcessPoolExecutor(1) as executor:
        assert texts(executor.submit(run_job, job("6 * 7")).result()) == ["42"]


def test_no_sockets_or_files_are_left(job, tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "SHORT_FOLDER", str(tmp_path))
    assert run_job(job("1")).failure is None
    assert not list(tmp_path.iterdir())


def test_a_notebook_that_silences_the_probe_is_no_success(job):
    outcome = run_job(job("get_ipython().display_pub.publish = lambda *args, **options: None"))
    assert (outcome.failure.kind, outcome.failure.cell) == ("raised", 1)


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        ("Cell In[2], line 3\n    f(0)\n\n  Cell In[1], line 2 in f\n", 3),
        ("Cell In[2], line 9\n    g()\n\n  Cell In[2], line 4 in g\n", 4),
        ("File <tokenize>:4\n    bad\n", 4),
        ("ValueError: no", 0),
    ],
)
def test_the_failing_line_is_the_deepest_of_its_cell(traceback, line):
    assert failing_line(traceback) == line
