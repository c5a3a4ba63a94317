"""The library as readers install it: what it is called, and its wheel."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import d2l
from d2lbook.errors import BookError

NAME = "d2l"
EARLIEST = "315532800"
"""The first second of 1980, when zips begin: the date of all files in a wheel."""

Files = Mapping[str, bytes]
"""The files of a folder, by their paths in it."""


@dataclass(frozen=True)
class Library:
    """The library that this tool came with."""

    version: str
    extras: frozenset[str]
    wheel: Files
    """Its wheel, by its file name; nothing where it was installed from one."""

    @classmethod
    def at_hand(cls) -> "Library":
        """Return the library, with a wheel if there is a source tree to build it from.

        Raises:
            BookError: pip can't build the wheel.
        """
        root = source_tree()
        if root is None:
            return cls._of(distribution(NAME), {})
        with tempfile.TemporaryDirectory() as folder:
            wheel = build_wheel(root, Path(folder))
            (found,) = distributions(name=NAME, path=[str(wheel)])
            return cls._of(found, {wheel.name: wheel.read_bytes()})

    @classmethod
    def _of(cls, found: Distribution, wheel: Files) -> "Library":
        extras = found.metadata.get_all("Provides-Extra") or ()
        return cls(found.version, frozenset(extras), wheel)

    def requirement(self, extra: str) -> str:
        """Return what pip is asked for, with an extra if there is such a one."""
        return f"{NAME}{f'[{extra}]' if extra in self.extras else ''}=={self.version}"


def source_tree() -> Path | None:
    """Return the folder that the library can be built from; None where it is installed alone."""
    root = Path(d2l.__file__).parents[1]
    return root if (root / "pyproject.toml").is_file() else None


def build_wheel(root: Path, folder: Path) -> Path:
    """Build the wheel of a source tree into a folder, from none of what earlier builds left.

    Raises:
        BookError: pip can't build it.
    """
    settings = folder / "build.cfg"
    settings.write_text(f"[build]\nbuild_base = {folder}/build\n", encoding="utf-8")
    variables = {"SOURCE_DATE_EPOCH": EARLIEST, "DIST_EXTRA_CONFIG": str(settings)}
    pip = [sys.executable, "-P", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    done = subprocess.run(
        [*pip, str(folder), str(root)], env=os.environ | variables, capture_output=True, text=True
    )
    if done.returncode:
        reasons = (line.partition("ERROR: ")[2] for line in done.stderr.splitlines())
        reason = next(filter(None, reasons), f"exit status {done.returncode}")
        message = f"the wheel of {NAME} can't be built: {reason}; to see all that pip says: "
        raise BookError(message + f"{sys.executable} -m pip wheel --no-deps {root}", root)
    (wheel,) = folder.glob("*.whl")
    return wheel
