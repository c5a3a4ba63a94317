"""One site, built once from the sample book with hand-made records, and a real browser."""

import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html
from d2lbook.publish.sphinx import Sphinx
from d2lbook.records.record import Receipt, Record
from d2lbook.records.stores import Shown, Stores
from d2lbook.source.page import Page as ChapterPage

SAMPLE = Path(__file__).parent / "sample"
REPOSITORY = Path(__file__).parents[2]
EPUBCHECK = ("java", "-jar", "/usr/share/java/epubcheck.jar")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
FRAMEWORKS = {"pytorch": "torch", "tensorflow": "tensorflow", "jax": "jax", "mxnet": "mxnet"}
CAPS = {"max_epochs": 3, "dataset_limit": 2048}
PLOT = """<svg xmlns="http://www.w3.org/2000/svg" width="350pt" height="250pt"
 viewBox="0 0 350 250"><rect width="350" height="250" fill="#ffffff"/>
<path d="M40 220 H330 M40 220 V20" stroke="#000" fill="none"/>
<path d="M40 120 C 110 0, 180 0, 190 120 S 280 240, 330 120" stroke="{color}" fill="none"/>
<text x="150" y="243" font-family="sans-serif" font-size="12">hours</text>
<script>fetch('https://example.org/svg')</script></svg>"""
TABLE = """<style>td {color: red}</style><table border="1" onclick="fetch('https://example.org/x')">
<thead><tr><th>t</th><th>h</th></tr></thead><tbody><tr><td>0</td><td>1.5</td></tr></tbody></table>
<script>document.title = 'taken over'; fetch('https://example.org/script')</script>
<img src="https://example.org/pixel.png">"""


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    """Printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def display(data: dict[str, str]) -> dict[str, Any]:
    """A rich output."""
    return {"output_type": "display_data", "data": data, "metadata": {}}


def error(name: str, message: str) -> dict[str, Any]:
    """An exception."""
    trace = ["Traceback (most recent call last)", f"{name}: {message}"]
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": trace}


def alpha(tab: str, color: str) -> tuple[tuple[dict[str, Any], ...], ...]:
    """What the cells of chapter_tides/alpha.md give in a tab."""
    plot = display({"image/svg+xml": PLOT.format(color=color), "text/plain": "<Figure>"})
    cells = [
        (),
        (stream("42\n"),),
        (stream(f"{tab} at work\n"),),
        (stream("drawn\n"), plot, stream("done\n")),
    ]
    if tab == "pytorch":
        table = display({"text/html": TABLE, "text/plain": "   t    h\n0  0  1.5"})
        warning = stream("UserWarning: low tide\n", "stderr")
        cells += [(table,), (warning, error("ValueError", "the gauge is dry"))]
    return tuple(cells)


OUTPUTS = {
    ("chapter_tides/alpha.md", "pytorch"): alpha("pytorch", "#d62728"),
    ("chapter_tides/alpha.md", "tensorflow"): alpha("tensorflow", "#ff7f0e"),
    ("chapter_tides/alpha.md", "jax"): alpha("jax", "#1f77b4"),
    ("chapter_tides/alpha.md", "mxnet"): alpha("mxnet", "#2ca02c"),
    ("chapter_tides/beta.md", "pytorch"): ((stream("ebb\n"),),),
}
"""No record of chapter_tides/beta.md in JAX."""


def receipt(tab: str) -> Receipt:
    """A full run on a GPU in PyTorch, capped ones elsewhere."""
    full = tab == "pytorch"
    return Receipt(
        device="NVIDIA H100 80GB HBM3" if full else "Some CPU (2 cores)",
        driver="570.1" if full else "",
        versions={"python": "3.11.9", FRAMEWORKS[tab]: "2.13.0", "numpy": "2.3.1", "d2l": "2.0.0"},
        fingerprint="f1" * 32,
        seed=0,
        caps={} if full else CAPS,
        data="fashion-mnist:0123456789abcdef",
        started="2026-11-20T09:30:00+00:00",
        seconds=125.2,
        peak_memory=3 * 2**30,
        threads=2,
        platform="Linux-6.1 x86_64",
    )


class HandMadeStores:
    """Stands in for `d2lbook.records.stores.Stores`."""

    def best(self, page: ChapterPage, tab: str) -> Shown | None:
        """Return the hand-made record; the one of JAX is dated."""
        outputs = OUTPUTS.get((page.path, tab))
        if outputs is None:
            return None
        record = Record(page.path, tab, "abcdef" * 10, outputs, receipt(tab))
        return Shown(record, dated=tab == "jax")


@dataclass(frozen=True)
class Site:
    """The built sample book, served on this machine."""

    folder: Path
    url: str
    reports: list[str] = field(default_factory=list)
    """What the build reported."""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, and give its address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def stores() -> HandMadeStores:
    """The sample book's records."""
    return HandMadeStores()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample book to change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


@pytest.fixture(scope="session")
def sphinx() -> Iterator[Sphinx]:
    """Sphinx, for all builds of a run."""
    with Sphinx() as sphinx:
        yield sphinx


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, sphinx: Sphinx) -> Iterator[Site]:
    """The sample book's site."""
    root = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("site") / "sample"))
    reports: list[str] = []
    book = load_book(load_config(root))
    folder = html.build(book, HandMadeStores(), sphinx, report=reports.append)
    with served(folder) as url:
        yield Site(folder, url, reports)


@pytest.fixture(scope="session")
def our_site(tmp_path_factory: pytest.TempPathFactory, sphinx: Sphinx) -> Iterator[Site]:
    """This book's own site."""
    config = replace(load_config(REPOSITORY), output_dir=tmp_path_factory.mktemp("ours"))
    reports: list[str] = []
    stores = Stores(config, report=reports.append)
    folder = html.build(load_book(config), stores, sphinx, report=reports.append)
    with served(folder) as url:
        yield Site(folder, url, reports)


@pytest.fixture(scope="session")
def epubcheck() -> Callable[[Path], str]:
    """What epubcheck finds in a file, warnings too."""

    def check(file: Path) -> str:
        command = [*EPUBCHECK, "--failonwarnings", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stderr or "It can't run.") if done.returncode else ""

    return check


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A reader who comes for the first time; requests to anyone but the site fail the test."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1440, "height": 900})
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    yield context
    context.close()
    elsewhere = [url for url in requests if not url.startswith((site.url, "data:", "blob:"))]
    assert elsewhere == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A browser page; errors of its scripts fail the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield page
    assert errors == []
