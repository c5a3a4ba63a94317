"""Take the picture of README.md from the built site: the AlexNet section, where it trains.

make html && .envs/book/bin/python ci/screenshot.py
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "_build/html/chapter_convolutional-modern/alexnet.html"
PICTURE = ROOT / "img/readme-page.png"
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}


def main() -> None:
    """Open the page at the training in JAX, and save what a reader sees."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 960})
        page.goto(f"{PAGE.as_uri()}?tab=jax")
        page.get_by_text("We train as the paper did").first.evaluate(
            "place => scrollTo(0, place.getBoundingClientRect().top + scrollY - 40)"
        )
        page.wait_for_timeout(300)  # the contents mark where the reader is
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
