"""Take the pictures of README.md: of the site, and of a page of a PDF. `make pictures` builds both.

.envs/book/bin/python ci/pictures.py
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "img"
SECTION = "chapter_convolutional-modern/alexnet.html"
PDF = ROOT / "_build/pdf/d2l-convnets-pytorch.pdf"
PDF_TEXT = "What the First Layer Learned"
"""On the page of the PDF that is shown, below the contents."""
PDF_DPI = 80
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}


@dataclass(frozen=True)
class View:
    """What a reader sees."""

    name: str
    tab: str
    text: str
    """What is at the top."""
    size: tuple[int, int] = (1280, 960)
    scheme: str = "light"


VIEWS = (
    View("page", "jax", "We train as the paper did", size=(1440, 1080)),
    View("dark", "tensorflow", "A summary shows the shape", scheme="dark"),
    View("phone", "pytorch", "Along one axis", size=(400, 860)),
)


def take(browser: Browser, view: View) -> None:
    """Save what a reader of the site sees."""
    width, height = view.size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=view.scheme,
        reduced_motion="reduce",
    )
    page.goto(f"{(ROOT / '_build/html' / SECTION).as_uri()}?tab={view.tab}")
    place = page.get_by_text(view.text).first
    for above in (600, 60):  # the second is a step down: one up would bring a button to the top
        place.evaluate(
            "(place, above) => scrollTo(0, place.getBoundingClientRect().top + scrollY - above)",
            above,
        )
        page.wait_for_timeout(500)  # the contents mark where the reader is
    page.screenshot(path=PICTURES / f"readme-{view.name}.png")


def take_pdf() -> None:
    """Save the page of the PDF that holds the text last."""
    text = subprocess.run(["pdftotext", PDF, "-"], capture_output=True, text=True, check=True)
    pages = text.stdout.split("\f")
    number = max(i for i, page in enumerate(pages, start=1) if PDF_TEXT in page)
    options = ["-png", "-r", str(PDF_DPI), "-f", str(number), "-singlefile"]
    subprocess.run(["pdftoppm", *options, PDF, PICTURES / "readme-pdf"], check=True)


def main() -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        for view in VIEWS:
            take(browser, view)
        browser.close()
    take_pdf()


if __name__ == "__main__":
    main()
