"""linkcheck: what counts as a link, and what is said of each, by a server on this machine."""

import http.server
import json
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from d2lbook.book import linkcheck
from d2lbook.book.linkcheck import Answer, check
from d2lbook.book.links import Link, links_of, trimmed
from d2lbook.book.whole import load_book
from d2lbook.cli import main
from d2lbook.config import LinkcheckConfig, load_config
from d2lbook.errors import BookError, BookErrors

PAGE = b'<html><body><h2 id="here">Here</h2><a name="there"></a></body></html>'
STATUSES = {"/fine": [200], "/gone": [404], "/flaky": [500, 503, 200], "/busy": [429, 200]}
STATUSES |= {"/broken": [500], "/secret": [403], "/moved": [301], "/for-now": [302]}
STATUSES |= {"/astray": [302]}
STATUSES |= {"/doi/10.1/a": [302], "/doi/10.1/b": [404]}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as STATUSES say: the last of a path's from then on."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer(b"")

    def do_GET(self):
        self.answer(PAGE)

    def answer(self, body):
        server = self.server
        with server.lock:
            server.asked[f"{self.command} {self.path}"] += 1
            turn = sum(n for key, n in server.asked.items() if key.endswith(f" {self.path}")) - 1
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        time.sleep(0.7 if self.path == "/slow" else 0.01)
        statuses = STATUSES.get(self.path, [200])
        status = statuses[min(turn, len(statuses) - 1)]
        if self.path == "/no-head":
            status = 405 if self.command == "HEAD" else 200
        with server.lock:
            server.at_once -= 1
        self.send_response(status)
        if status in (301, 302):
            target = {"/doi/10.1/a": "/gone", "/astray": "http://[host]/"}.get(self.path, "/fine")
            self.send_header("Location", target)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Keep the test's output clean."""


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of answers that nobody waits for any longer."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server on this machine, which counts what it is asked for."""
    monkeypatch.setenv("NO_PROXY", "*")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.lock, server.asked = threading.Lock(), Counter()
        server.at_once = server.most_at_once = 0
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def ask(server, tmp_path, monkeypatch):
    """Check paths of the server; returns what is said and what is warned of."""
    monkeypatch.setattr(linkcheck, "RETRIES", linkcheck.RETRIES.new(backoff_factor=0))

    def run(*paths, fresh=False, **settings):
        links = [Link(f"{server.url}{path}", Path("a.md"), n) for n, path in enumerate(paths, 1)]
        settings = LinkcheckConfig(**{"timeout": 10} | settings)
        warnings = []
        said = check(links, settings, tmp_path / "links.json", fresh=fresh, warn=warnings.append)
        return said, [str(warning).replace(server.url, "") for warning in warnings]

    return run


def wrong(ask, server, *paths, **settings):
    """What is wrong with paths of the server."""
    with pytest.raises(BookErrors) as error:
        ask(*paths, **settings)
    return str(error.value).replace(server.url, "")


def test_links_that_answer_are_counted(ask):
    said, warnings = ask("/fine", "/also", "/no-head", "/fine#anywhere", "/for-now")
    assert said == "4 links to 1 host checked"
    assert warnings == []


def test_a_link_that_is_gone_is_an_error_with_its_place_and_the_way_out(ask, server):
    assert wrong(ask, server, "/fine", "/gone") == (
        "a.md:2: link /gone: 404 Not Found: mend it, or name it under ignore in [linkcheck]"
    )
    assert "/broken: 500 Internal Server Error" in wrong(ask, server, "/broken")


def test_what_is_no_address_is_an_error_beside_the_others(ask, server, tmp_path):
    urls = ("http://[host]/path", f"{server.url}/fine")
    links = [Link(url, Path("a.md"), 7) for url in urls]
    with pytest.raises(BookErrors) as error:
        check(links, LinkcheckConfig(), tmp_path / "links.json", warn=print)
    assert str(error.value) == (
        "a.md:7: link http://[host]/path: is no address ('host' does not appear to be an IPv4 or "
        "IPv6 address): mend it, or name it under ignore in [linkcheck]"
    )
    assert server.asked["HEAD /fine"] == 1
    assert "a.md:1: link /astray: leads to no address (" in wrong(ask, server, "/astray")


def test_what_goes_wrong_for_a_moment_is_tried_again(ask, server):
    assert ask("/flaky", "/busy")[0] == "2 links to 1 host checked"
    assert server.asked["HEAD /flaky"] == 3


def test_what_moved_for_good_is_warned_of(ask):
    said, warnings = ask("/moved")
    assert said == "1 link to 1 host checked"
    assert warnings == ["a.md:1: link /moved: moved for good: write /fine"]


def test_pages_that_programs_may_not_see_are_warned_of(ask):
    said, warnings = ask("/secret")
    assert said == "1 link to 1 host checked, 1 not shown to programs"
    assert warnings[0].startswith("a.md:1: link /secret: isn't shown to programs (403 Forbidden)")


def test_a_host_that_does_not_answer_is_an_error(ask, server):
    message = wrong(ask, server, "/slow", timeout=0.1)
    assert message.startswith("a.md:1: link /slow: ")
    assert "time" in message


def test_places_in_pages_are_checked_where_that_is_asked_for(ask, server):
    ask("/fine#here", "/fine#there", anchors=True)
    assert ": the page has no place #nowhere" in wrong(ask, server, "/fine#nowhere", anchors=True)


def test_ignored_links_are_not_asked_for(ask, server):
    assert ask("/gone", "/fine", ignore=("*/gone",))[0] == "1 link to 1 host checked"
    assert not any("gone" in key for key in server.asked)


def test_a_host_is_asked_for_one_link_after_the_other(ask, server):
    ask(*(f"/page{number}" for number in range(10)))
    assert server.most_at_once == 1


def test_links_that_answered_are_not_asked_for_within_a_week(ask, server, monkeypatch):
    wrong(ask, server, "/fine", "/gone")
    wrong(ask, server, "/fine", "/gone")
    assert (server.asked["HEAD /fine"], server.asked["HEAD /gone"]) == (1, 2)
    assert (
        ask("/fine", "/also")[0] == "2 links to 1 host checked (1 of them within the week before)"
    )
    ask("/fine", fresh=True)
    assert server.asked["HEAD /fine"] == 2
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 8 * 24 * 3600)
    ask("/fine")
    assert server.asked["HEAD /fine"] == 3


@pytest.mark.parametrize("kept", [b"", b"[1]", b'{"http://x": {"sate": 1}}', b"\xff"])
def test_damaged_memory_is_forgotten(ask, tmp_path, kept):
    (tmp_path / "links.json").write_bytes(kept)
    assert ask("/fine")[0] == "1 link to 1 host checked"
    assert len(json.loads((tmp_path / "links.json").read_bytes())) == 1


def test_a_doi_is_known_or_not_whatever_the_publisher_says(ask, server, monkeypatch):
    monkeypatch.setattr(linkcheck, "DOI", server.url.removeprefix("http://"))
    ask("/doi/10.1/a")
    assert "/doi/10.1/b: 404" in wrong(ask, server, "/doi/10.1/b")
    assert not any("gone" in key for key in server.asked)


def test_without_a_network_there_is_one_error(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    hosts = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    links = [Link(f"{host}/{n}", Path("a.md"), n) for host in hosts for n in range(3)]
    with pytest.raises(BookError) as error:
        check(links, LinkcheckConfig(), tmp_path / "links.json", warn=print)
    assert not isinstance(error.value, BookErrors)
    assert "none of 2 hosts can be reached (" in str(error.value)
    assert "Connection refused" in str(error.value)


def test_an_answer_is_fresh_for_a_week_if_it_was_good():
    assert Answer("works").is_fresh
    assert not Answer("broken").is_fresh
    assert not Answer("works", asked=time.time() - 8 * 24 * 3600).is_fresh
    assert not Answer("works", asked=time.time() + 3600).is_fresh


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://a.org/b.", "https://a.org/b"),
        ("https://a.org/b),", "https://a.org/b"),
        ("https://a.org/b_(c)", "https://a.org/b_(c)"),
        ("https://a.org/b_(c))", "https://a.org/b_(c)"),
        ("https://a.org/?q=[x]", "https://a.org/?q=[x]"),
        ("https://a.org/**]", "https://a.org/"),
    ],
)
def test_what_follows_a_link_is_not_of_it(written, url):
    assert trimmed(written) == url


WORDS = r"""
A [link](https://a.org/1 "its title"), <https://a.org/2>, https://a.org/3, ![a](https://a.org/4.png)
<a href="https://a.org/5?a=1&amp;b=2">x</a> `https://no.org/` $https://no.org/$ <!-- http://no -->
Also \[[a](https://a.org/6\_7)\], (see https://a.org/8), [b][b] and [**https://a.org/9**].

[b]: https://a.org/10

```bash
curl https://no.org/
```

| [in a table](https://a.org/11) |
|--|
| https://a.org/12 |

```toc
Elsewhere <https://a.org/13>
```

:bibliography:`refs.bib`
"""
BIBLIOGRAPHY = r"""@misc{a,
  doi = {10.1000/x\_y},
  howpublished = {\url{https://a.org/14}},
  url = {https://a.org/15\%20z}
}
"""


@pytest.mark.parametrize("excluded", ["README.md", "nothing.md"])
def test_links_are_found_wherever_readers_can_follow_them(tiny_book, excluded):
    tiny_book.configure(more="[html]\nheader_links = Code, https://a.org/16, x\n")
    tiny_book.edit("config.ini", "tabs =", f"exclusions = {excluded}\ntabs =")
    tiny_book.write("one", "# https://no.org/", words=WORDS.strip())
    Path("refs.bib").write_text(BIBLIOGRAPHY)
    Path("README.md").write_text("A [link](https://a.org/17).\n\n    https://no.org/\n")
    found = list(links_of(load_book(load_config("."))))
    numbers = [link.url.removeprefix("https://a.org/") for link in found]
    assert sorted(numbers) == sorted(
        [
            *("1", "2", "3", "4.png", "5?a=1&b=2", "6_7", "8", "9", "10", "11", "12", "13"),
            *("https://doi.org/10.1000/x_y", "14", "15%20z", "17", "16"),
        ]
    )
    places = {link.url[-2:]: (str(link.path), link.line) for link in found}
    assert places["/1"] == ("one.md", 3)
    assert places["10"] == ("one.md", 7)
    assert places["12"] == ("one.md", 15)
    assert places["14"] == ("refs.bib", 3)
    assert places["17"] == ("README.md", 1)
    assert places["16"] == ("config.ini", 12)


def test_the_command_checks_the_book_and_goes_by_its_settings(tiny_book, server, capsys):
    settings = f"[linkcheck]\nignore = {server.url}/g* {server.url}/h*\ntimeout = 5"
    tiny_book.configure(more=settings)
    tiny_book.write("one", words=f"[a]({server.url}/fine) <{server.url}/gone>")
    assert main(["build", "linkcheck"]) == 0
    assert capsys.readouterr().out == "linkcheck: 1 link to 1 host checked\n"
    assert Path("_build/linkcheck.json").is_file()
    tiny_book.configure()
    assert main(["build", "linkcheck", "--fresh"]) == 1
    assert f"one.md:3: link {server.url}/gone: 404 Not Found" in capsys.readouterr().err
    assert server.asked["HEAD /fine"] == 2
