"""How soon an edit is seen: from saving a page to the changed words in a browser.

    .envs/book/bin/python benchmarks/serve.py

``d2lbook serve`` of a copy of this book, with its AlexNet section open in headless Chromium. A
sentence near its middle is edited, again and again; each time runs until the new words are shown.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
LIMIT = 2.0
"""Seconds that an edit may take."""
SECTION = "chapter_convolutional-modern/alexnet"
SENTENCE = "It had two debts to pay before it could win."
PARTS = ("*.md", "*.ini", "*.bib", "chapter_*", "img", "static", "outputs", "d2l")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def copy_book(folder: Path) -> None:
    """Copy what the site is made of."""
    for path in (found for part in PARTS for found in ROOT.glob(part)):
        copy = shutil.copytree if path.is_dir() else shutil.copy2
        copy(path, folder / path.name)


def served_url(server: subprocess.Popen[str]) -> str:
    """Wait until the site is served, and return its address."""
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.match(r"(http://[^/]+)/\S+ shows it", line):
            return found[1]
    sys.exit("d2lbook serve has ended")


def seconds_until_seen(page: Page, chapter: Path, number: int) -> float:
    """Edit the sentence, and wait until the page shows it."""
    text = chapter.read_text(encoding="utf-8")
    words = f"{SENTENCE} (Edit {number}.)"
    edited, count = re.subn(re.escape(SENTENCE) + r"( \(Edit \d+\.\))?", words, text)
    assert count == 1
    started = time.perf_counter()
    chapter.write_text(edited, encoding="utf-8")
    page.get_by_text(words).wait_for(state="attached")
    return time.perf_counter() - started


def measure(folder: Path, repeats: int) -> list[float]:
    """Serve the book in a folder, and time edits."""
    command = [sys.executable, "-m", "d2lbook", "serve"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        url = served_url(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page()
            page.goto(f"{url}/{SECTION}.html")
            chapter = folder / f"{SECTION}.md"
            times = [seconds_until_seen(page, chapter, number) for number in range(repeats + 1)]
            browser.close()
    finally:
        server.terminate()
        server.wait()
    return times[1:]  # the first warms up


def main() -> int:
    """Print the figure; the exit status says whether it is within the limit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy_book(Path(folder))
        times = measure(Path(folder), arguments.repeats)
    median = statistics.median(times)
    print(
        f"serve: an edit of the AlexNet section is seen after {median:.2f} s "
        f"(median of {len(times)}; slowest {max(times):.2f} s); limit {LIMIT:.0f} s"
    )
    return int(median > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
