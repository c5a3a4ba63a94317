"""A copy of the book whose notebooks run under tiny caps, each with a last cell of ours."""

import configparser
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import network_probe

ROOT = Path(__file__).parents[2]
TABS = ("pytorch", "tensorflow", "jax", "mxnet")
SOURCES = ("index.md", "references.md", "references.bib", "chapter_convolutional-modern", "img")
PROBES = ROOT / "tests/book/probes"
LAST_CELL = """
```{.python .input}
%%tab all
import network_probe
network_probe.report(globals())
```
"""


def environment(compiled: Path) -> dict[str, str]:
    """Return the variables that a run of the notebooks needs."""
    return {
        "PYTHONPATH": str(PROBES),
        "JAX_COMPILATION_CACHE_DIR": str(compiled),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        # Programs that run so shortly needn't be fast: this makes them in a quarter of the time.
        "XLA_FLAGS": "--xla_backend_optimization_level=0",
    }


@dataclass(frozen=True)
class TinyBook:
    """A copy of the book in which a run takes 64 images."""

    folder: Path
    kept: Path
    """Where records are kept, and what JAX compiled."""

    def evaluate(self, *, tab: str = "all") -> str:
        """Run the notebooks that haven't run; return what the tool printed."""
        command = [sys.executable, "-m", "d2lbook", "build", "eval", "--tab", tab]
        variables = os.environ | environment(self.kept / "compiled")
        done = subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def page(self, section: str) -> Path:
        """Return the file of a section."""
        return self.folder / "chapter_convolutional-modern" / f"{section}.md"

    def printed(self, section: str, tab: str) -> list[str]:
        """Return the texts that a section's notebook put out in a tab, output by output."""
        stage = "eval" if tab == TABS[0] else f"eval_{tab}"
        path = self.folder / "_build" / stage / "chapter_convolutional-modern" / f"{section}.ipynb"
        outputs = [o for c in json.loads(path.read_text())["cells"] for o in c.get("outputs", [])]
        texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
        return ["".join(text) for text in texts]

    def networks(self, section: str, tab: str) -> dict[str, dict]:
        """Return what the networks of a section compute in a tab, by name."""
        lines = "\n".join(self.printed(section, tab)).splitlines()
        found = [line for line in lines if line.startswith(network_probe.MARK)]
        networks = json.loads(found[-1].removeprefix(network_probe.MARK))
        return {network["name"]: network for network in networks}


def pages(folder: Path) -> list[Path]:
    """Return the sections of the chapter, which have code."""
    chapter = folder / "chapter_convolutional-modern"
    return [path for path in sorted(chapter.glob("*.md")) if "{.python .input" in path.read_text()]


def copy_book(folder: Path, *, like: TinyBook | None = None) -> TinyBook:
    """Copy the book, with our last cell on each page, and caps that make a run short.

    What has run in the book that it is ``like`` needn't run again.
    """
    kept = like.kept if like else folder / "kept"
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for page in pages(folder):
        page.write_text(page.read_text(encoding="utf-8") + LAST_CELL, encoding="utf-8")
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "config.ini")
    config["eval"].update(
        max_epochs="1",
        dataset_limit="64",
        python=str(ROOT / ".envs/{tab}/bin/python"),
        cache=str(kept / "records"),
    )
    del config["eval"]["outputs"]
    with (folder / "config.ini").open("w", encoding="utf-8") as file:
        config.write(file)
    return TinyBook(folder, kept)


def networks(section: str, books: Mapping[str, TinyBook]) -> dict[str, dict[str, dict]]:
    """Return what each network of a section computes in each tab, by names.

    Args:
        section: the section.
        books: the book that ran in each tab.
    """
    found = {tab: book.networks(section, tab) for tab, book in books.items()}
    names = {tab: list(networks) for tab, networks in found.items()}
    usual = names[TABS[0]]
    assert all(own == usual for own in names.values()), f"{section}.md defines {names}"
    return {name: {tab: found[tab][name] for tab in found} for name in usual}
