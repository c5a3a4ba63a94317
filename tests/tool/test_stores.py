"""Stores of records: which is asked first, what a remote one adds, what is written how."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.errors import BookError, BookErrors
from d2lbook.files import write_atomically
from d2lbook.records.record import RECORD_FILE, Receipt, Record
from d2lbook.records.stores import Stores, outside_requirements
from d2lbook.source.tabs import choose_tab

RECEIPT = Receipt(
    device="a processor",
    driver="",
    versions={},
    fingerprint="",
    seed=0,
    caps={},
    data="",
    started="2026-01-02T03:04:05+00:00",
    seconds=1.5,
    peak_memory=1 << 20,
    threads=2,
    platform="Linux",
)


class Shelf:
    """A book of one page, its stores and what they reported."""

    def __init__(self, book, settings):
        book.configure(settings=settings)
        book.write("one", "import lib\nprint(1)")
        Path("lib.py").write_text("x = 1\n")
        self.words = []
        self.reopen()

    def reopen(self):
        config = load_config(Path.cwd())
        self.page = choose_tab(load_book(config).pages[-1], "", config)
        self.stores = Stores(config, report=self.words.append)

    def record(self, text="1\n", caps=None, fingerprint=None):
        wanted = self.stores.wanted(self.page, "", caps or {})
        stream = {"output_type": "stream", "name": "stdout", "text": text}
        image = {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/svg+xml": f"<svg>{text}</svg>"},
        }
        receipt = replace(RECEIPT, caps=caps or {}, fingerprint=fingerprint or wanted.fingerprint)
        return Record("one.md", "", wanted.key, ((stream, image),), receipt)

    def best(self):
        return self.stores.best(self.page, "")


@pytest.fixture
def shelf(tiny_book):
    return Shelf(tiny_book, "outputs = outputs\nmax_epochs = 1")


def test_a_full_run_is_shown_before_a_capped_one(shelf):
    assert shelf.best() is None
    shelf.stores.put(capped := shelf.record(caps={"max_epochs": 1}))
    assert shelf.best().record == capped
    shelf.stores.put(full := shelf.record("2\n"))
    assert shelf.best().record == full
    assert not shelf.best().dated
    Path("lib.py").write_text("x = 2\n")
    shelf.reopen()
    assert shelf.best().record == full
    assert shelf.best().dated


def test_runs_with_other_caps_are_not_shown(shelf):
    shelf.stores.put(shelf.record(caps={"max_epochs": 2}))
    assert shelf.best() is None


def test_todays_record_is_found_behind_a_dated_one(shelf):
    dated = shelf.record("old\n", fingerprint="0" * 64)
    shelf.stores.put(today := shelf.record("new\n"))
    shelf.stores.put(dated)
    assert shelf.best().record == today
    assert not shelf.best().dated


def test_the_committed_folder_comes_first_and_holds_no_old_figures(shelf):
    shelf.stores.put(shelf.record())
    folder = Path("outputs/one/all/full")
    assert sorted(path.name for path in folder.iterdir()) == ["cell-01-2.svg", RECORD_FILE]
    (folder / "cell-09-1.svg").write_text("")
    (folder / "notes.txt").write_text("")
    shelf.stores.put(shelf.record("2\n"))
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["cell-01-2.svg", "notes.txt", RECORD_FILE]


def test_a_record_of_the_cache_is_put_back_into_the_committed_folder(shelf):
    shelf.stores.put(record := shelf.record())
    committed = Path("outputs/one/all/full") / RECORD_FILE
    before = committed.read_bytes()
    committed.unlink()
    shelf.stores.keep(shelf.best().record)
    assert committed.read_bytes() == before
    assert shelf.best().record == record


def test_a_damaged_record_is_reported_once(shelf):
    shelf.stores.put(shelf.record())
    for figure in Path().rglob("cell-01-2.svg"):
        figure.write_text("<svg/>")
    assert shelf.best() is None
    assert shelf.best() is None
    assert len(shelf.words) == 2  # in the committed folder and in the cache
    assert all("cell-01-2.svg isn't what was written" in word for word in shelf.words)


def test_reports_go_to_the_log_by_default(shelf, caplog):
    shelf.stores.put(shelf.record())
    (Path("outputs/one/all/full") / RECORD_FILE).write_text("{")
    with caplog.at_level(logging.WARNING):
        Stores(load_config(Path.cwd())).best(shelf.page, "")
    assert "counts as absent" in caplog.text


def test_a_remote_store_serves_other_machines(tiny_book, tmp_path):
    remote = f"remote = file://{tmp_path}/shared"
    shelf = Shelf(tiny_book, remote)
    shelf.stores.put(record := shelf.record())
    Path("cache").rename("elsewhere")
    shelf.reopen()
    assert shelf.best().record == record
    assert not Path("cache").exists()
    shelf.stores.keep(record)
    assert list(Path("cache").rglob(RECORD_FILE))


def test_a_remote_store_that_fails_is_reported_once_and_left_out(tiny_book):
    shelf = Shelf(tiny_book, "remote = nosuchprotocol://host/path")
    assert shelf.best() is None
    (word,) = shelf.words
    assert "nosuchprotocol://host/path can't be read" in word
    with pytest.raises(BookError, match="nosuchprotocol"):
        shelf.stores.put(shelf.record())
    assert shelf.best().record == shelf.record()


def test_every_store_is_tried_when_one_can_not_be_written(shelf):
    Path("cache").write_text("")
    with pytest.raises(BookErrors, match="can't be written"):
        shelf.stores.put(shelf.record())
    assert shelf.best().record == shelf.record()


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(self, target):
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BookError, match="No space left on device") as caught:
        write_atomically(path, b"new")
    assert caught.value.path == path
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unchanged_file_is_not_written(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, b"same")
    before = path.stat()
    write_atomically(path, b"same")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("tab", "versions", "used"),
    [
        ("pytorch", {"torch": "2.13.0+cpu"}, True),
        ("pytorch", {"torch": "1.13.1"}, False),
        ("pytorch", {"torch": "2.14.0.dev1"}, True),
        ("pytorch", {"numpy": "1.0"}, True),
        ("mxnet", {"mxnet": "1.8.0"}, False),
        ("mxnet", {"mxnet": "1.9.1", "numpy": "2.3.1"}, False),
        ("mxnet", {"numpy": "2.3.1"}, True),
        ("", {"torch": "1.13.1"}, True),
        ("unknown", {"torch": "1.13.1"}, True),
    ],
)
def test_versions_must_be_those_that_are_declared(shelf, tab, versions, used):
    record = shelf.record()
    record = replace(record, tab=tab, receipt=replace(RECEIPT, versions=versions))
    assert (outside_requirements(record) == "") is used


def test_a_changed_dependency_asks_for_another_record(tiny_book):
    shelf = Shelf(tiny_book, "outputs = outputs")
    keys = [shelf.record().key]
    tiny_book.edit("config.ini", "[eval]", "dependencies = deps/**/*.py other.txt\n[eval]")
    for name, text in {"deps/a/b.py": "1", "other.txt": "", "deps/c.txt": "unnamed"}.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
        shelf.reopen()
        keys.append(shelf.record().key)
    Path("deps/a/b.py").write_text("2")
    shelf.reopen()
    keys.append(shelf.record().key)
    assert len(set(keys)) == 4
    assert keys[2] == keys[3]
