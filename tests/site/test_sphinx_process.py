"""Sphinx in its own process: what it says, and that nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from d2lbook.errors import BookError
from d2lbook.publish.sphinx import Sphinx

SLOW = "import time, pathlib\npathlib.Path('started').touch()\ntime.sleep(60)\n"
PARENT = """
import sys
from pathlib import Path
from d2lbook.publish.sphinx import Sphinx

if __name__ == "__main__":
    with Sphinx() as sphinx:
        print(sphinx.process_id, flush=True)
        sphinx.build("html", Path("source"), Path("site"))
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A folder for Sphinx to build, in the current one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "conf.py").write_text("")
    (folder / "index.rst").write_text("Title\n=====\n\n:ref:`nothing`\n")
    return folder


def until(condition):
    """Wait for something that must happen in a few seconds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def group_is_gone(group):
    """Whether no process of a group runs (one that has ended may still be in the table)."""
    states = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            states.append(fields[0])
    return set(states) <= {"Z", "X"}


def test_warnings_are_those_of_this_build(source, sphinx):
    site = source.with_name("site")
    assert "undefined label: 'nothing'" in sphinx.build("html", source, site)
    assert (site / "index.html").exists()
    (source / "index.rst").write_text("Title\n=====\n")
    assert sphinx.build("html", source, site) == ""


def test_a_failure_is_told_and_another_build_works(source, sphinx):
    (source / "conf.py").write_text("extensions = ['nobody_has_this']\n")
    with pytest.raises(
        BookError, match=r"could not build the html: Extension error.*: .*nobody_has_this"
    ):
        sphinx.build("html", source, source.with_name("site"))
    (source / "conf.py").write_text("import os\nos._exit(3)\n")
    with pytest.raises(BookError, match="it ended with 3"):
        sphinx.build("html", source, source.with_name("site"))
    (source / "conf.py").write_text("")
    sphinx.build("html", source, source.with_name("site"))


def test_a_file_that_can_not_be_written_is_told_in_a_line(source, sphinx):
    site = source.with_name("site")
    (site / "objects.inv").mkdir(parents=True)
    with pytest.raises(BookError, match=r"could not build the html: .*objects\.inv") as caught:
        sphinx.build("html", source, site)
    assert "Traceback" not in str(caught.value)


def test_a_process_that_is_gone_is_told_and_replaced(source):
    with Sphinx() as sphinx:
        os.kill(sphinx.process_id, signal.SIGKILL)
        with pytest.raises(BookError, match="Sphinx has ended: it was killed"):
            sphinx.build("html", source, source.with_name("site"))
        assert "nothing" in sphinx.build("html", source, source.with_name("site"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_nothing_outlives_the_process_that_asked(source, number):
    (source / "conf.py").write_text(SLOW)
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        group = int(parent.stdout.readline())
        until((source / "started").exists)
        assert not group_is_gone(group)
        parent.send_signal(number)
        parent.wait(20)
    until(lambda: group_is_gone(group))


def test_modules_beside_the_book_are_none_of_the_tools(source):
    for name in ("nbformat", "d2lbook", "typing"):
        Path(f"{name}.py").write_text("raise SystemExit(3)\n")
    with Sphinx() as sphinx:
        assert "undefined label: 'nothing'" in sphinx.build("html", source, Path("site").absolute())
