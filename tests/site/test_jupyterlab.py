"""A raw page in a real JupyterLab: opened, run in one tab, edited, saved."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from d2lbook.run.kernels import STARTUP_TIMEOUT

CONFIG = f"""\
[project]
name = tiny
title = Tiny
[build]
tabs = pytorch, jax
exclusions = README.md
[eval]
python = {sys.executable}
"""
PAGE = """\
```{.python .input}
%load_ext d2lbook.tab
tab.interact_select(['pytorch', 'jax'])
```

# AlexNet
:label:`sec_alexnet`

Five layers of :numref:`fig_conv`.


```{.python .input  n=7}
%%tab pytorch
framework = "torch"
```

````{.python .input #in-jax}
%%tab jax
framework = "flax"
````
Both of them:

```{.python .input}
%%tab all
print(framework, tab.selected('jax'))
```

```{.python .input}
print("unmarked")
```"""
SETTINGS = '{"fetchNews": "false", "checkForUpdates": false}'
MILLISECONDS = 1000


@pytest.fixture
def book(tmp_path):
    """A book of one page, and a README that is none."""
    root = tmp_path / "book"
    root.mkdir()
    (root / "config.ini").write_text(CONFIG)
    (root / "alexnet.md").write_text(PAGE)
    (root / "README.md").write_text("# Read me\n")
    return root


@pytest.fixture
def lab(book, tmp_path):
    """The address of a JupyterLab that serves the book, and asks its user nothing."""
    home = tmp_path / "home"
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(SETTINGS)
    folders = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=secret",
    ]  # fmt: skip
    command = [sys.executable, "-m", "d2lbook", "lab", "alexnet.md"]
    command += [f"--jupyter={option}" for option in options]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=book,
            env=os.environ | {name: str(path) for name, path in folders.items()},
            stdout=log,
            stderr=log,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/api?token=secret", process)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(url, process):
    """Wait until the server answers."""
    end = time.monotonic() + STARTUP_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail("JupyterLab did not start")


@pytest.fixture
def desk(browser, lab):
    """A browser page with the chapter open; requests to anyone but the server fail the test."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    context.set_default_timeout(60 * MILLISECONDS)
    requests, errors = [], []
    context.on("request", lambda request: requests.append(request.url))
    desk = context.new_page()
    desk.on("pageerror", lambda error: errors.append(str(error)))
    desk.goto(f"{lab}/lab/tree/alexnet.md?token=secret")
    yield desk
    context.close()
    elsewhere = [url for url in requests if not url.startswith((lab, "data:", "blob:"))]
    assert (elsewhere, errors) == ([], [])


def run_all(desk):
    desk.get_by_role("menuitem", name="Run", exact=True).click()
    desk.locator(".lm-Menu-item").filter(has_text=re.compile("^Run All Cells")).click()
    expect(desk.locator(".jp-CodeCell .jp-InputPrompt", has_text="[*]")).to_have_count(0)


def outputs(desk, index):
    return desk.locator(".jp-CodeCell").nth(index).locator(".jp-OutputArea-output")


def type_at_end(desk, cell, text):
    """Type into a cell whose editor is shown."""
    cell.locator(".cm-content").click()
    expect(cell.locator(".cm-editor.cm-focused")).to_be_visible()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(text)
    expect(cell.locator(".cm-content")).to_contain_text(text.strip())


def save(desk):
    """Save the page, and wait until the server has done so."""
    with desk.expect_response(lambda r: r.request.method == "PUT" and "alexnet.md" in r.url):
        desk.keyboard.press("Control+s")


def test_a_page_is_run_in_a_tab_edited_and_saved(desk, book):
    file = book / "alexnet.md"
    expect(desk.locator(".jp-NotebookPanel .jp-CodeCell")).to_have_count(5)
    expect(desk.get_by_role("heading", name="AlexNet")).to_be_visible()
    expect(desk.get_by_text("PyTorch | Idle")).to_be_visible(timeout=60 * MILLISECONDS)
    in_pytorch = "Skipped: for jax; the chosen tab is pytorch."
    in_jax = "Skipped: for pytorch; the chosen tab is jax."
    unmarked = "Skipped: for pytorch, as it has no mark; the chosen tab is jax."

    run_all(desk)
    expect(outputs(desk, 3)).to_have_text("torch False\n", timeout=60 * MILLISECONDS)
    expect(outputs(desk, 1)).to_have_count(0)
    expect(outputs(desk, 2)).to_have_text(f"{in_pytorch}\n")
    expect(outputs(desk, 4)).to_have_text("unmarked\n")

    outputs(desk, 0).get_by_role("button", name="jax").click()
    run_all(desk)
    expect(outputs(desk, 3)).to_have_text("flax True\n", timeout=60 * MILLISECONDS)
    expect(outputs(desk, 1)).to_have_text(f"{in_jax}\n")
    expect(outputs(desk, 2)).to_have_count(0)
    expect(outputs(desk, 4)).to_have_text(f"{unmarked}\n")

    save(desk)
    assert file.read_text() == PAGE  # outputs stay out of it

    desk.locator(".jp-MarkdownCell p", has_text="Five layers of").dblclick()
    type_at_end(desk, desk.locator(".jp-MarkdownCell").first, " And three more.")
    type_at_end(desk, desk.locator(".jp-CodeCell").nth(2), "\ndepth = 8")
    save(desk)
    assert file.read_text() == PAGE.replace("_conv`.\n", "_conv`. And three more.\n").replace(
        'framework = "flax"\n', 'framework = "flax"\ndepth = 8\n'
    )
    expect(desk.locator(".jp-Dialog")).to_have_count(0)


def test_pages_open_as_notebooks_and_other_files_as_text(desk):
    expect(desk.locator(".jp-NotebookPanel .jp-CodeCell")).to_have_count(5)
    desk.locator(".jp-DirListing-item", has_text="README.md").dblclick()
    expect(desk.locator(".jp-FileEditor")).to_contain_text("# Read me")
    item = desk.locator(".jp-DirListing-item", has_text="alexnet.md")
    item.click(button="right")
    desk.locator(".lm-Menu-item").filter(has_text=re.compile("^Open With")).hover()
    desk.locator(".lm-Menu-item").filter(has_text=re.compile("^Editor$")).click()
    expect(desk.locator(".jp-FileEditor").last).to_contain_text("```{.python .input  n=7}")
    expect(desk.locator(".jp-Dialog")).to_have_count(0)
