"""An author at work: what is saved shows in the browser, and so does what is wrong."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

PAGE = "chapter_first/darts"
EXPECTED_S = 60
"""Seconds to wait for what takes less than two on a machine at rest."""
expect.set_options(timeout=EXPECTED_S * 1000)


class Serving:
    """`d2lbook serve` of a new book."""

    def __init__(self, root: Path):
        self.root = root
        self.log = root.with_name("log.txt")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "d2lbook", "serve"],
                cwd=root,
                stdout=log,
                stderr=log,
                env={name: text for name, text in os.environ.items() if name != "CI"},
            )

    def waits_for(self, pattern: str) -> re.Match:
        """Wait until the terminal shows a text."""
        deadline = time.monotonic() + EXPECTED_S
        while not (found := re.search(pattern, self.log.read_text("utf-8"))):
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.02)
        return found

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace words in a file as editors do: another file takes its name."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text
        written = path.with_suffix(".tmp")
        written.write_text(text.replace(old, new), "utf-8")
        written.replace(path)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served book of two tabs."""
    root = tmp_path_factory.mktemp("serve") / "book"
    command = [sys.executable, "-m", "d2lbook", "new", str(root), "--tabs", "pytorch,jax"]
    subprocess.run(command, check=True, capture_output=True)
    serving = Serving(root)
    yield serving
    serving.process.kill()
    serving.process.wait()


@pytest.fixture
def page(browser: Browser, serving: Serving) -> Iterator[Page]:
    """A browser page with the book's section open."""
    url = serving.waits_for(r"(http://\S+)/index\.html shows it")[1]
    context = browser.new_context(base_url=url, viewport={"width": 1200, "height": 500})
    page = context.new_page()
    page.goto(f"/{PAGE}.html")
    yield page
    context.close()


def test_an_edit_shows_where_the_reader_is(serving: Serving, page: Page):
    page.locator(".tab-switch").get_by_text("JAX").click()
    page.evaluate("window.scrollTo({top: 700, behavior: 'instant'})")
    page.evaluate("document.title = 'not loaded again'")
    serving.edit(f"{PAGE}.md", "come near", "come quite near")
    expect(page.get_by_text("come quite near")).to_be_visible()
    expect(page).to_have_title(re.compile("Darts"))
    page.wait_for_function("Math.abs(scrollY - 700) < 5")
    assert page.locator(".tab-switch input:checked").get_attribute("value") == "jax"
    serving.waits_for(rf"{PAGE}\.md: built \(")
    assert "reload.js" not in (serving.root / f"_build/html/{PAGE}.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            ":numref:`fig_darts`",
            ":numref:`fig_drats`",
            f"{PAGE}.md:10",
            "did you mean 'fig_darts'?",
        ),
        (r"\approx", r"\aprox", f"{PAGE}.md:13", r"Undefined control sequence: \aprox"),
    ],
    ids=["ours", "of Sphinx"],
)
def test_a_mistake_shows_until_it_is_mended(serving, page, old, new, place, message):
    serving.edit(f"{PAGE}.md", old, new)
    serving.edit(f"{PAGE}.md", "Throw darts", "Fling darts")
    shown = page.get_by_role("alert")
    expect(shown).to_contain_text(place)
    expect(shown).to_contain_text(message)
    expect(shown).to_contain_text("1 error in 1 file")
    expect(page.get_by_text("Throw darts")).to_be_visible()
    page.goto("/index.html")
    expect(shown).to_contain_text(place)
    serving.edit(f"{PAGE}.md", new, old)
    expect(shown).to_have_count(0)
    page.goto(f"/{PAGE}.html")
    expect(page.get_by_text("Fling darts")).to_be_visible()
    serving.edit(f"{PAGE}.md", "Fling darts", "Throw darts")
    expect(page.get_by_text("Throw darts")).to_be_visible()
    serving.waits_for(rf"not built, the site stays as it was \(.*\n{place}: .*{re.escape(message)}")


def test_pages_come_and_go_and_the_configuration_changes(serving: Serving, page: Page):
    page.goto("/chapter_first/more.html")
    expect(page.get_by_text("no such page")).to_be_visible()
    (serving.root / "chapter_first/more.md").write_text("# More\n\nMore words.\n")
    serving.edit("chapter_first/index.md", "\ndarts\n", "\ndarts\nmore\n")
    expect(page.get_by_text("More words")).to_be_visible()
    serving.edit("config.ini", "title = Book", "title = Another Title")
    expect(page.locator(".sidebar-brand-text")).to_contain_text("Another Title")
    serving.edit("config.ini", "[html]", "[html")
    expect(page.get_by_role("alert")).to_contain_text("config.ini:")
    serving.edit("config.ini", "[html", "[html]")
    expect(page.get_by_role("alert")).to_have_count(0)
    serving.edit("chapter_first/index.md", "\ndarts\nmore\n", "\ndarts\n")
    (serving.root / "chapter_first/more.md").unlink()
    expect(page.get_by_text("no such page")).to_be_visible()


@pytest.fixture
def small_book(tmp_path: Path) -> Path:
    """A book of one page, in a folder of its own."""
    root = tmp_path / "book"
    root.mkdir()
    (root / "config.ini").write_text("[project]\ntitle = Small\n")
    (root / "index.md").write_text("# Small\n")
    return root


def started_by(process: subprocess.Popen) -> list[int]:
    """The processes that one has started; each leads a session of all that it starts."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def alive(sessions: list[int]) -> list[str]:
    """The processes of some sessions that still run."""
    running = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
            if int(session) in sessions and state not in "ZX":
                running.append(path.parent.name)
    return running


def assert_it_ended_cleanly(serving: Serving, sessions: list[int]) -> None:
    """With status 0, no traceback, and nothing of it that still runs."""
    assert serving.process.wait(EXPECTED_S) == 0, serving.log.read_text("utf-8")
    assert "Traceback" not in serving.log.read_text("utf-8")
    deadline = time.monotonic() + EXPECTED_S
    while running := alive(sessions):  # a killed process may take a moment to go
        assert time.monotonic() < deadline, running
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_at_rest(small_book, how):
    serving = Serving(small_book)
    serving.waits_for("shows it")
    (session,) = started_by(serving.process)
    assert alive([session])
    serving.process.send_signal(how)
    assert_it_ended_cleanly(serving, [session])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_whenever_it_is_told_to(small_book, how):
    for step in range(10):  # from imports to Sphinx, which takes most of the time
        serving = Serving(small_book)
        serving.waits_for("Building")
        time.sleep(step**2 / 80)
        sessions = started_by(serving.process)
        serving.process.send_signal(how)
        serving.process.send_signal(how)  # someone is in a hurry
        assert_it_ended_cleanly(serving, sessions)
