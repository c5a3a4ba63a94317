"""Finding, fetching, checking and reading data sets; no framework is involved.

``python -m d2l.data prefetch`` fetches everything ahead. A set is looked for in ``$D2L_DATA``, the
user's cache folder, the system's data set folders, and is downloaded into the cache otherwise.

:class:`DataError` is raised when a set is nowhere to be had, or a file fails its checksum.
"""

import functools
import gzip
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import numpy as np
import platformdirs

from d2l.formats import Arrays, DataError, read_cifar10, read_idx


@dataclass(frozen=True)
class Source:
    """One file of a data set."""

    name: str
    """The file's name; with ``.gz`` after it where it may be compressed."""
    sha256: str
    """SHA-256 of the file, after decompression where it is compressed."""
    suffixes: tuple[str, ...] = ("", ".gz")
    """Endings under which the file may be stored."""


@dataclass(frozen=True)
class DataSet:
    """A data set: its files, and the addresses that serve them."""

    name: str
    mirrors: tuple[str, ...]
    sources: tuple[Source, ...]
    hint: str = ""
    """Another way to get it."""


FASHION_MNIST = DataSet(
    "fashion-mnist",
    (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    (
        Source(
            "train-images-idx3-ubyte",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        Source(
            "train-labels-idx1-ubyte",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        Source(
            "t10k-images-idx3-ubyte",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        Source(
            "t10k-labels-idx1-ubyte",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    hint="; on Debian, `apt-get install dataset-fashion-mnist` will also do",
)
CIFAR10 = DataSet(
    "cifar-10",
    ("https://www.cs.toronto.edu/~kriz/",),
    (
        Source(
            "cifar-10-binary.tar.gz",
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            suffixes=("",),
        ),
        Source(  # the same images
            "cifar-10-python.tar.gz",
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            suffixes=("",),
        ),
    ),
)
DATA_SETS = (FASHION_MNIST, CIFAR10)

FASHION_MNIST_LABELS = (
    *("t-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)
CIFAR10_LABELS = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def class_names(names: Sequence[str], ids: Iterable) -> list[str]:
    """Return the names of the classes with these ids; ValueError for an id that has none."""
    ids = [int(i) for i in ids]
    if wrong := [i for i in ids if not 0 <= i < len(names)]:
        raise ValueError(f"class {wrong[0]}: the classes are numbered 0 to {len(names) - 1}")
    return [names[i] for i in ids]


def cache_folder() -> Path:
    """The folder that downloads go to."""
    return Path(platformdirs.user_cache_dir("d2l"))


def search_folders(data_set: DataSet) -> list[Path]:
    """The folders in which a data set is looked for, in order."""
    folders = [cache_folder() / data_set.name]
    data_folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for parent in data_folders.split(":"):
        folders.append(Path(parent) / "datasets" / data_set.name)
    if own := os.environ.get("D2L_DATA"):
        folders[:0] = [Path(own).expanduser() / data_set.name, Path(own).expanduser()]
    return folders


def checked(content: bytes, source: Source, origin: object) -> bytes:
    """Return ``content``, or raise :class:`DataError` where its SHA-256 isn't the source's."""
    seen = hashlib.sha256(content).hexdigest()
    if seen != source.sha256:
        raise DataError(
            f"{origin}: not the file it should be: SHA-256 is {seen}, expected {source.sha256}. "
            "Delete it, and it will be fetched again; or put a good copy in its place."
        )
    return content


def read_file(path: Path) -> bytes:
    """Read a file, and decompress it where its name ends in ``.gz`` but not ``.tar.gz``."""
    content = path.read_bytes()
    if path.name.endswith(".gz") and not path.name.endswith(".tar.gz"):
        try:
            return gzip.decompress(content)
        except (EOFError, OSError, ValueError) as error:
            raise DataError(
                f"{path}: damaged or cut short ({error}). Delete it, and it will be fetched again."
            ) from error
    return content


def find(data_set: DataSet, source: Source) -> Path | None:
    """Return the first place that has a file, or None."""
    paths = (
        folder / (source.name + suffix)
        for folder in search_folders(data_set)
        for suffix in source.suffixes
    )
    return next((path for path in paths if path.is_file()), None)


def load_source(data_set: DataSet, source: Source) -> bytes:
    """Return a file's checked bytes, from the first place that has it."""
    path = find(data_set, source) or download(data_set, source)
    return checked(read_file(path), source, path)


def download(data_set: DataSet, source: Source) -> Path:
    """Download a file into the cache from the first mirror that serves a good copy."""
    folder = cache_folder() / data_set.name
    path = folder / (source.name + source.suffixes[-1])
    failures = []
    for mirror in data_set.mirrors:
        part = path.with_name(path.name + ".part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with alone_in(folder):
                if not path.exists():  # another process may have fetched it meanwhile
                    _resume(mirror + path.name, part)
                    part.replace(path)
            checked(read_file(path), source, mirror + path.name)
        except (DataError, OSError) as error:  # requests' errors are OSErrors
            if isinstance(error, DataError):
                path.unlink(missing_ok=True)  # complete, but not the right file
            failures.append(f"  {mirror}: {error}")
            continue
        return path
    raise DataError(
        f"{data_set.name}: {source.name} was found in none of "
        + ", ".join(map(str, search_folders(data_set)))
        + ", and could not be downloaded:\n"
        + "\n".join(failures)
        + "\nSet D2L_DATA to a folder that holds it, or run `python -m d2l.data prefetch` where "
        f"there is a network{data_set.hint}."
    )


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process downloads into ``folder``; two would write to one file."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / ".lock").open("w") as lock:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _resume(url: str, part: Path) -> None:
    """Fetch ``url`` into ``part``, going on where an earlier try stopped."""
    import pooch
    import requests

    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    fetch = pooch.HTTPDownloader(headers=headers, timeout=(5, 30))
    try:
        with part.open("ab") as file:
            fetch(url, file, None)
    except requests.HTTPError as error:
        if error.response.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # type: ignore[union-attr]
            raise
        part.unlink()  # nothing was missing from it, and yet it wasn't moved to its place
        _resume(url, part)


@functools.cache
def fashion_mnist() -> tuple[Arrays, Arrays]:
    """Fashion-MNIST (Xiao et al., 2017): 60,000 and 10,000 images, 28×28×1, in ten classes."""
    idx = [read_idx(load_source(FASHION_MNIST, source)) for source in FASHION_MNIST.sources]
    return (
        Arrays(idx[0][..., None], idx[1].astype(np.int64)),
        Arrays(idx[2][..., None], idx[3].astype(np.int64)),
    )


@functools.cache
def cifar10() -> tuple[Arrays, Arrays]:
    """CIFAR-10 (Krizhevsky, 2009): 50,000 and 10,000 images, 32×32×3, in ten classes.

    Of its two archives, the binary one and the one for Python, either will do.
    """
    source = next((s for s in CIFAR10.sources if find(CIFAR10, s)), CIFAR10.sources[0])
    return read_cifar10(load_source(CIFAR10, source))


def main(argv: Sequence[str] | None = None) -> int:
    """``prefetch [NAME…]``: fetch data sets ahead, all of them where none is named."""
    argv = sys.argv[1:] if argv is None else argv
    loaders: dict[str, Callable] = {"fashion-mnist": fashion_mnist, "cifar-10": cifar10}
    names = argv[1:] or list(loaders)
    if argv[:1] != ["prefetch"] or not set(names) <= set(loaders):
        print(f"usage: python -m d2l.data prefetch [{'|'.join(loaders)}]", file=sys.stderr)
        return 2
    failed = 0
    for name in names:
        try:
            train, test = loaders[name]()
            print(f"{name}: {len(train.labels):,} training and {len(test.labels):,} test images")
        except DataError as error:
            print(error, file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
