"""Folders for kernels' sockets: none outlives its owner for long."""

import signal
import subprocess
import sys

import pytest

from d2lbook.run import kernels

OWNER = """
import sys, time
from d2lbook.run import kernels
kernels.SHORT_FOLDER = sys.argv[1]
with kernels.socket_folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def parent(tmp_path, monkeypatch):
    """The folder that the folders are made in."""
    monkeypatch.setattr(kernels, "SHORT_FOLDER", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_its_owner_even_one_that_is_killed(parent):
    command = [sys.executable, "-c", OWNER, str(parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        folder = owner.stdout.readline().strip()
        with kernels.socket_folder() as own:
            assert {str(path) for path in parent.iterdir()} == {folder, own}
        owner.send_signal(signal.SIGKILL)
    assert [str(path) for path in parent.iterdir()] == [folder]
    with kernels.socket_folder() as own:
        assert [str(path) for path in parent.iterdir()] == [own]
    assert list(parent.iterdir()) == []


def test_what_others_have_is_left_alone(parent):
    for folder, lock in (("d2l-notes", "lock"), (f"{kernels.PREFIX}notes", "lock")):
        (parent / folder).mkdir()
        (parent / folder / lock).write_text("")
    (parent / f"{kernels.PREFIX}file").write_text("")
    (parent / "elsewhere").mkdir()
    (parent / "elsewhere" / kernels.LOCK).write_text("")
    (parent / f"{kernels.PREFIX}link").symlink_to(parent / "elsewhere")
    before = sorted(parent.rglob("*"))
    with kernels.socket_folder():
        pass
    assert sorted(parent.rglob("*")) == before


def test_sockets_have_short_paths():
    with kernels.socket_folder() as folder:
        assert len(f"{folder}/k-5") < 100
