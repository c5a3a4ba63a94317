"""Finding, fetching, checking and reading data sets; no framework is involved.

``python -m d2l.data prefetch`` fetches everything ahead. A set is looked for in ``$D2L_DATA``, the
user's cache folder, the system's data set folders, and is downloaded into the cache otherwise.

:class:`DataError` is raised when a set is nowhere to be had, or a file fails its checksum.
"""

import functools
import gzip
import hashlib
import io
import os
import struct
import sys
import tarfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs


class DataError(Exception):
    """A data set can't be found, fetched or trusted; the message says what to do."""


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
    for parent in os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":"):
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


def load_source(data_set: DataSet, source: Source) -> bytes:
    """Return a file's checked bytes, from the first place that has it."""
    for folder in search_folders(data_set):
        for suffix in source.suffixes:
            path = folder / (source.name + suffix)
            if path.is_file():
                return checked(read_file(path), source, path)
    path = download(data_set, source)
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
        + "\nSet D2L_DATA to a folder that holds it, run `python -m d2l.data prefetch` where there "
        "is a network, or, on Debian, `apt-get install dataset-fashion-mnist`."
    )


def _resume(url: str, part: Path) -> None:
    """Fetch ``url`` into ``part``, going on where an earlier try stopped."""
    import pooch

    start = part.stat().st_size if part.exists() else 0
    fetch = pooch.HTTPDownloader(
        headers={"Range": f"bytes={start}-"} if start else {}, timeout=(5, 30)
    )
    if not start:
        fetch(url, str(part), None)
        return
    rest = io.BytesIO()
    fetch(url, rest, None)
    with part.open("ab") as file:
        file.write(rest.getvalue())


def read_idx(content: bytes) -> np.ndarray:
    """Read the IDX format: two zero bytes, a type, a rank, the sizes, then the uint8 values.

    Raises :class:`DataError` where the sizes and the number of values disagree.
    """
    zeros, kind, rank = struct.unpack(">HBB", content[:4])
    if zeros or kind != 8:
        raise DataError(f"not an IDX file of unsigned bytes: it starts with {content[:4]!r}")
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * rank)
    if values.size != np.prod(shape):
        raise DataError(f"an IDX file of shape {shape} holds {values.size} values")
    return values.reshape(shape)


@dataclass(frozen=True)
class Arrays:
    """The images and labels of one split, as NumPy arrays."""

    images: np.ndarray
    """uint8, shape ``(n, height, width, channels)``."""
    labels: np.ndarray
    """int64 class ids, shape ``(n,)``."""

    def first(self, n: int) -> "Arrays":
        """The first ``n`` examples."""
        return Arrays(self.images[:n], self.labels[:n])


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
    """CIFAR-10 (Krizhevsky, 2009): 50,000 and 10,000 images, 32×32×3, in ten classes."""
    archive = load_source(CIFAR10, CIFAR10.sources[0])
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        batches = {
            Path(member.name).stem: file.read()
            for member in tar
            if member.name.endswith(".bin") and (file := tar.extractfile(member))
        }
    train = b"".join(batches[f"data_batch_{i}"] for i in range(1, 6))
    return read_cifar(train), read_cifar(batches["test_batch"])


def read_cifar(content: bytes) -> Arrays:
    """Read CIFAR-10's binary format: a label, then 32×32 red, green and blue values, all bytes."""
    if len(content) % 3073:
        raise DataError(f"a CIFAR-10 batch of {len(content)} bytes isn't a multiple of 3,073")
    rows = np.frombuffer(content, np.uint8).reshape(-1, 3073)
    images = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return Arrays(np.ascontiguousarray(images), rows[:, 0].astype(np.int64))


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
