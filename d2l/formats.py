"""Reading the files of data sets: IDX, and the two formats of CIFAR-10.

:class:`DataError` is raised where a file isn't what it should be.
"""

import codecs
import io
import pickle
import struct
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar

import numpy as np


class DataError(Exception):
    """A data set can't be found, fetched or trusted; the message says what to do."""


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


def read_cifar10(archive: bytes) -> tuple[Arrays, Arrays]:
    """Read one of CIFAR-10's archives: training and test images.

    ``cifar-10-binary.tar.gz`` holds ``data_batch_1.bin`` to ``data_batch_5.bin`` and
    ``test_batch.bin``, ``cifar-10-python.tar.gz`` pickles of the same names without the ending.
    """
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        batches = {
            path.stem: read_cifar(file.read()) if path.suffix else read_cifar_pickle(file.read())
            for member in tar
            if "_batch" in (path := PurePosixPath(member.name)).name
            and (file := tar.extractfile(member))
        }
    names = [f"data_batch_{i}" for i in range(1, 6)]
    if missing := {*names, "test_batch"} - set(batches):
        raise DataError(f"not an archive of CIFAR-10: it lacks {', '.join(sorted(missing))}")
    train = [batches[name] for name in names]
    images = np.concatenate([batch.images for batch in train])
    return Arrays(images, np.concatenate([b.labels for b in train])), batches["test_batch"]


def read_cifar(content: bytes) -> Arrays:
    """Read CIFAR-10's binary format: a label, then 32×32 red, green and blue values, all bytes."""
    if len(content) % 3073:
        raise DataError(f"a CIFAR-10 batch of {len(content)} bytes isn't a multiple of 3,073")
    rows = np.frombuffer(content, np.uint8).reshape(-1, 3073)
    return cifar_arrays(rows[:, 1:], rows[:, 0])


def read_cifar_pickle(content: bytes) -> Arrays:
    """Read CIFAR-10's Python format: a pickled dict of ``data``, one row an image, and ``labels``.

    Nothing but arrays and Python's own containers, numbers and strings is unpickled.
    """
    try:
        batch = ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
        batch = {k.decode() if isinstance(k, bytes) else k: v for k, v in batch.items()}
        return cifar_arrays(batch["data"], batch["labels"])
    except DataError:
        raise
    except Exception as error:  # pickle raises errors of many kinds
        raise DataError(f"not a pickled CIFAR-10 batch: {error!r}") from error


def cifar_arrays(pixels: np.ndarray, labels: Any) -> Arrays:
    """Return rows of 1,024 red, green and blue values each as images (n, 32, 32, 3)."""
    images = np.asarray(pixels, np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    if len(images) != len(labels):
        raise DataError(f"a CIFAR-10 batch of {len(images)} images and {len(labels)} labels")
    return Arrays(np.ascontiguousarray(images), np.array(labels, np.int64))


class ArrayUnpickler(pickle.Unpickler):
    """Unpickles NumPy arrays, by whichever release of NumPy they were written, and nothing else."""

    ALLOWED: ClassVar[dict] = {
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): codecs.encode,  # of bytes, as Python 3 pickles them for Python 2
    }

    def find_class(self, module: str, name: str) -> Any:
        """Return an allowed class or function; raise DataError for any other."""
        try:
            return self.ALLOWED[module, name]
        except KeyError:
            raise DataError(
                f"a CIFAR-10 batch that asks for {module}.{name}: it was not opened, since it may "
                "run any code"
            ) from None
