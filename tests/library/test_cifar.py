"""CIFAR-10: its two formats, found, checked and read safely."""

import dataclasses
import hashlib
import pickle

import cifar_files
import numpy as np
import pytest

from d2l import data, formats

IMAGES, LABELS = cifar_files.striped_images(60)
ARCHIVES = {
    "cifar-10-binary.tar.gz": cifar_files.binary_archive(IMAGES, LABELS),
    "cifar-10-python.tar.gz": cifar_files.python_archive(IMAGES, LABELS),
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """An empty $D2L_DATA, and a data set that knows the test's own archives: the folder."""
    monkeypatch.setenv("D2L_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "system"))
    monkeypatch.setattr(data, "cache_folder", lambda: tmp_path / "cache")
    sources = tuple(
        dataclasses.replace(source, sha256=hashlib.sha256(ARCHIVES[source.name]).hexdigest())
        for source in data.CIFAR10.sources
    )
    ours = dataclasses.replace(data.CIFAR10, sources=sources, mirrors=("http://127.0.0.1:9/",))
    monkeypatch.setattr(data, "CIFAR10", ours)
    data.cifar10.cache_clear()
    yield tmp_path
    data.cifar10.cache_clear()


def assert_whole(train, test):
    """Assert that all images and labels were read, each where it belongs."""
    np.testing.assert_array_equal(np.concatenate([train.images, test.images]), IMAGES)
    np.testing.assert_array_equal(np.concatenate([train.labels, test.labels]), LABELS)
    assert len(train.labels) == 50
    assert train.labels.dtype == np.int64


@pytest.mark.parametrize("name", ARCHIVES)
def test_either_archive_will_do(files, name):
    (files / name).write_bytes(ARCHIVES[name])
    assert_whole(*data.cifar10())


def test_pickles_of_todays_python_are_read_too():
    archive = cifar_files.python_archive(IMAGES, LABELS, cifar_files.python3_batch)
    assert_whole(*formats.read_cifar10(archive))


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_altered_archive_is_never_used(files, name):
    (files / name).write_bytes(ARCHIVES[name][:-1] + b"!")
    with pytest.raises(data.DataError, match=rf"{name}.*SHA-256"):
        data.cifar10()


def test_without_file_or_network_the_error_says_what_to_do(files):
    with pytest.raises(data.DataError) as error:
        data.cifar10()
    for part in ("cifar-10-binary.tar.gz", "127.0.0.1:9", "D2L_DATA", "prefetch"):
        assert part in str(error.value)
    assert "fashion" not in str(error.value)


class Dangerous:
    """Pickled, it calls a function when it is read."""

    def __reduce__(self):
        return print, ("opened",)


@pytest.mark.parametrize(
    "batch", [{b"data": Dangerous(), b"labels": []}, {b"data": np.array([Dangerous()])}]
)
def test_a_pickle_that_runs_code_is_not_opened(capsys, batch):
    with pytest.raises(formats.DataError, match=r"asks for (builtins|__builtin__).print"):
        formats.read_cifar_pickle(pickle.dumps(batch, protocol=2))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"no pickle", pickle.dumps([1]), pickle.dumps({b"data": [1, 2], b"labels": [1]})),
        cifar_files.python2_batch(IMAGES, LABELS)[:9999],
    ],
)
def test_a_batch_that_is_none(content):
    with pytest.raises(formats.DataError, match="not a pickled CIFAR-10 batch"):
        formats.read_cifar_pickle(content)


def test_a_batch_with_a_label_too_few():
    with pytest.raises(formats.DataError, match="60 images and 59 labels"):
        formats.read_cifar_pickle(cifar_files.python3_batch(IMAGES, LABELS[1:]))


def test_a_binary_batch_that_is_cut_short():
    with pytest.raises(formats.DataError, match="isn't a multiple of 3,073"):
        formats.read_cifar(cifar_files.binary_batch(IMAGES, LABELS)[:-1])


def test_an_archive_that_lacks_a_batch():
    batch = cifar_files.binary_batch(IMAGES, LABELS)
    members = {f"{name}.bin": batch for name in cifar_files.NAMES[1:]}
    with pytest.raises(formats.DataError, match="lacks data_batch_1"):
        formats.read_cifar10(cifar_files.archive(members))


def test_every_edition_trains_on_it(d2l, nets, files):
    (files / "cifar-10-python.tar.gz").write_bytes(ARCHIVES["cifar-10-python.tar.gz"])
    images = d2l.CIFAR10(batch_size=16)
    X, _ = next(iter(images.val_dataloader()))
    assert tuple(X.shape) == nets.input_shape(10, 3, 32)
    np.testing.assert_allclose(images.to_images(X), IMAGES[50:] / 255, atol=1e-6)
    trainer = d2l.Trainer(max_epochs=1)
    trainer.fit(nets.SmallNet(), images)
    assert set(trainer.metrics.means()) >= {"train_loss", "val_acc"}
