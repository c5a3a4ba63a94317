"""The library's tests run in each tab's environment, on the edition that can be imported there."""

import importlib
import importlib.util
import struct
import warnings

import numpy as np
import pytest

from d2l import data

EDITIONS = ("torch", "tensorflow", "jax", "mxnet")  # each named after its framework
INSTALLED = [name for name in EDITIONS if importlib.util.find_spec(name)]

with warnings.catch_warnings():  # what a framework warns of as it is imported is its own affair
    warnings.simplefilter("ignore")
    for name in INSTALLED:
        importlib.import_module(name)


@pytest.fixture(params=INSTALLED)
def edition(request):
    """The name of an edition that can be imported here."""
    return request.param


@pytest.fixture
def d2l(edition):
    """The edition itself."""
    return importlib.import_module(f"d2l.{edition}")


@pytest.fixture
def nets(edition):
    """The networks the tests train, written for the edition."""
    return importlib.import_module(f"nets_{edition}")


@pytest.fixture(autouse=True, scope="session")
def compile_once(tmp_path_factory):
    """JAX compiles a program once in a run: the tests train the same few networks."""
    if "jax" in INSTALLED:
        config = importlib.import_module("jax").config
        config.update("jax_compilation_cache_dir", str(tmp_path_factory.mktemp("compiled")))
        config.update("jax_persistent_cache_min_compile_time_secs", 0)
        config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@pytest.fixture(autouse=True)
def no_caps(monkeypatch):
    """Tests set caps themselves; those of the shell don't count."""
    for variable in ("D2L_MAX_EPOCHS", "D2L_DATASET_LIMIT", "D2L_MAX_SIDE", "D2L_SEED", "D2L_DATA"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def tiny(monkeypatch):
    """Makes Fashion-MNIST small: returns a function of the number of training images."""

    def make(n: int, *, classes: int = 10, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        labels = np.arange(n) % classes
        # Each class has a bright stripe of its own, in noise: easy, but not linear at the start.
        images = rng.integers(0, 96, (n, 28, 28, 1), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label + 4 : 2 * label + 6] += 128
        arrays = data.Arrays(images, labels.astype(np.int64))
        monkeypatch.setattr(data, "fashion_mnist", lambda: (arrays, arrays))
        for name in INSTALLED:
            module = importlib.import_module(f"d2l.{name}")
            monkeypatch.setattr(module.FashionMNIST, "load", staticmethod(data.fashion_mnist))

    return make


@pytest.fixture
def small_data(tiny):
    """Makes Fashion-MNIST four batches of 16 images."""
    tiny(64)


@pytest.fixture
def keep(monkeypatch):
    """Returns a function that sees to it that a method is restored after the test."""
    return lambda cls, name: monkeypatch.setattr(cls, name, getattr(cls, name))


@pytest.fixture
def own(monkeypatch):
    """Like add_to_class, undone after the test."""

    def add(cls):
        return lambda method: monkeypatch.setattr(cls, method.__name__, method)

    return add


@pytest.fixture
def write_idx():
    """Returns a function that writes an array of bytes in the IDX format."""

    def write(path, array) -> bytes:
        header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(
            f">{array.ndim}I", *array.shape
        )
        path.write_bytes(header + array.tobytes())
        return header + array.tobytes()

    return write
