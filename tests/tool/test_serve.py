"""What is watched, what is shown of a site that is being built, and what is sent to browsers."""

import http.client
import json
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from d2lbook.config import load_config
from d2lbook.errors import BookError, CallError
from d2lbook.live import watch
from d2lbook.live.serve import Mirror, named, news
from d2lbook.live.webserver import NEWS_URL, SCRIPT_URL, Mistake, News, Server, listen


@pytest.fixture
def config(tiny_book):
    """The configuration of a book of one page."""
    tiny_book.write("one")
    return load_config(tiny_book.root)


def changes(config, edit):
    """The names of the files that an edit changes, as far as they count."""
    before = watch.state(config)
    edit()
    found = watch.differences(before, watch.state(config))
    return [Path(path).relative_to(config.root).as_posix() for path in found]


@pytest.mark.parametrize(
    "name",
    [
        "one.md",
        "config.ini",
        "new.md",
        "img/new/a.svg",
        "refs.bib",
        "static/a.css",
        "_build/eval.xml",
    ],
)
def test_what_an_author_saves_is_noticed(config, name):
    path = config.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert changes(config, lambda: path.write_text("something else")) == [name]
    assert changes(config, path.unlink) == [name]


@pytest.mark.parametrize(
    "name",
    [
        ".one.md.swp",
        "one.md~",
        "#one.md#",
        ".git/index",
        "_build/html/one.html",
        "__pycache__/a.pyc",
    ],
)
def test_what_editors_and_builds_leave_is_not(config, name):
    path = config.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert changes(config, lambda: path.write_text("x")) == []


def test_files_are_noticed_that_come_by_renaming(config):
    def save():
        Path("one.md.new").write_text(Path("one.md").read_text())
        os.utime("one.md.new", ns=(0, Path("one.md").stat().st_mtime_ns))
        Path("one.md.new").replace("one.md")

    assert changes(config, save) == ["one.md"]
    assert changes(config, lambda: Path("one.md").rename("two.md")) == ["one.md", "two.md"]


def test_a_source_folder_elsewhere_is_watched_beside_the_root(config, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("source")
    config = replace(config, source_dir=elsewhere)
    before = watch.state(config)
    (elsewhere / "a.md").write_text("x")
    Path("config.ini").write_text("")
    found = watch.differences(before, watch.state(config))
    assert sorted(Path(path).name for path in found) == ["a.md", "config.ini"]


def test_a_burst_of_saves_is_one_change(config, monkeypatch):
    looks = [{"a": (n, 0, 0)} for n in (1, 1, 2, 3, 3, 4)]
    seen = iter(looks)
    monkeypatch.setattr(watch, "state", lambda config: next(seen))
    monkeypatch.setattr(watch.time, "sleep", lambda seconds: None)
    assert watch.next_state(config, looks[0]) == looks[3]
    assert list(seen) == looks[5:]


def test_the_copy_follows_the_site(tmp_path):
    site = tmp_path / "site"
    (site / "a").mkdir(parents=True)
    (site / "a/one.html").write_text("one")
    (site / "two.html").write_text("two")
    mirror = Mirror(tmp_path / "copy")
    assert mirror.update(site)
    assert not mirror.update(site)
    os.utime(site / "two.html", ns=(0, 0))
    assert not mirror.update(site)  # the same words, written again
    (site / "two.html").write_text("2")
    (site / "a/one.html").unlink()
    assert (tmp_path / "copy/two.html").read_text() == "two"
    assert mirror.update(site)
    files = {path.name: path.read_text() for path in (tmp_path / "copy").rglob("*.html")}
    assert files == {"two.html": "2"}
    assert Mirror(tmp_path / "copy").update(site) is False


def test_news_name_the_place_of_each_error():
    errors = [BookError("wrong", "a/b.md", 3), BookError("gone", "c.md"), BookError("late")]
    assert news("7", errors) == News(
        "7",
        "3 errors in 2 files",
        (Mistake("a/b.md:3", "wrong"), Mistake("c.md", "gone"), Mistake("", "late")),
    )
    assert news("7", []) == News("7")


def test_many_files_are_counted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert named([str(tmp_path / "a.md"), str(tmp_path / "b.md")]) == "a.md, b.md"
    assert named(["/a", "/b", "/c"]) == "3 files"


@pytest.fixture
def server(tmp_path):
    """A server of a folder with a page and a picture."""
    (tmp_path / "index.html").write_text("<p>é</p>", encoding="utf-8")
    (tmp_path / "a.svg").write_text("<svg/>")
    (tmp_path / "empty").mkdir()
    with Server("127.0.0.1", 0, tmp_path) as server:
        yield server


def get(server, path):
    """The status, the headers and the text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def test_pages_get_the_script_and_files_do_not(server, tmp_path):
    server.tell(News("17"))
    for path in ("/", "/index.html", "/index.html?tab=jax"):
        status, headers, text = get(server, path)
        assert status == 200
        assert text.startswith("<p>é</p>")
        assert f'src="{SCRIPT_URL}"' in text
        assert 'data-version="17"' in text
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Length"] == str(len(text.encode()))
    assert get(server, "/a.svg")[2] == "<svg/>"
    assert "EventSource" in get(server, SCRIPT_URL)[2]
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "<p>é</p>"


@pytest.mark.parametrize("path", ["/none.html", "/none.svg", "/empty/", "/../../etc/passwd"])
def test_a_page_that_is_not_there_waits_for_it(server, path):
    status, _, text = get(server, path)
    assert status == 404
    assert SCRIPT_URL in text


def test_news_are_told_at_once_and_when_they_change(server):
    server.tell(News("1"))
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", NEWS_URL)
    stream = connection.getresponse()

    def told():
        line = stream.readline().decode()
        assert stream.readline() == b"\n"
        return json.loads(line.removeprefix("data: "))

    assert stream.headers["Content-Type"] == "text/event-stream"
    assert told() == {"version": "1", "summary": "", "mistakes": []}
    server.tell(news("1", [BookError("wrong", "a.md", 3)]))
    assert told()["mistakes"] == [{"place": "a.md:3", "message": "wrong"}]
    connection.close()


def test_a_port_in_use_is_passed_over_unless_it_was_asked_for(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CallError, match=rf"127\.0\.0\.1:{port} .*in use.*--port"):
            listen(tmp_path, "127.0.0.1", port, exactly=True)
        with listen(tmp_path, "127.0.0.1", port, exactly=False) as server:
            assert server.server_port != port


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 70000), ("no.such.host.invalid", 8000), ("a" * 70, 8000)]
)
def test_an_address_that_makes_no_sense_is_one_message(tmp_path, host, port):
    with pytest.raises(CallError, match=f"can't serve on {host}:{port}"):
        listen(tmp_path, host, port, exactly=True)


def test_nothing_is_left_open(tmp_path):
    threads = threading.active_count()
    with Server("127.0.0.1", 0, tmp_path):
        pass
    assert threading.active_count() == threads
