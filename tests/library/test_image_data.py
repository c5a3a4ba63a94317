"""Batches: their pixels, their order, their sizes."""

import itertools

import numpy as np
import pytest
from PIL import Image

from d2l import data
from d2l.plots import as_numpy


def arrays(n, channels=1, size=28, seed=0):
    """Random images and labels."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, size, size, channels), dtype=np.uint8)
    return data.Arrays(images, (np.arange(n) % 10).astype(np.int64))


@pytest.fixture
def numbered(d2l, monkeypatch):
    """Twenty-five random images whose labels are 0 … 9, again and again."""
    split = arrays(25)
    monkeypatch.setattr(d2l.FashionMNIST, "load", staticmethod(lambda: (split, split)))
    return split


@pytest.mark.parametrize("size", [(224, 224), (96, 64), (32, 32), (14, 20)])
def test_resize_is_pillows_bilinear(d2l, numbered, size):
    images = d2l.FashionMNIST(batch_size=25, resize=size)
    X, _ = next(iter(images.val_dataloader()))
    for ours, original in zip(images.to_images(X), numbered.images, strict=True):
        pillow = Image.fromarray(original[..., 0]).resize(size[::-1], Image.Resampling.BILINEAR)
        assert np.abs(ours[..., 0] - np.asarray(pillow) / 255).max() <= 1.001 / 255


def test_images_of_the_original_size_are_scaled_exactly(d2l, numbered):
    images = d2l.FashionMNIST(batch_size=25)
    X, y = next(iter(images.val_dataloader()))
    np.testing.assert_allclose(images.to_images(X), numbered.images / 255, atol=1e-6)
    np.testing.assert_array_equal(as_numpy(y), numbered.labels)
    assert as_numpy(X).dtype == np.float32


def test_batches_have_the_editions_shape(d2l, nets, numbered):
    X, y = next(iter(d2l.FashionMNIST(batch_size=4, resize=(40, 40)).train_dataloader()))
    assert tuple(X.shape) == nets.input_shape(4, 1, 40)
    assert tuple(y.shape) == (4,)


def test_the_last_partial_batch_is_kept(d2l, numbered):
    loader = d2l.FashionMNIST(batch_size=10).train_dataloader()
    assert len(loader) == 3
    assert [len(y) for _, y in loader] == [10, 10, 5]


def test_every_epoch_is_a_fresh_permutation_of_the_whole_set(d2l, numbered):
    d2l.seed(0)
    images = d2l.FashionMNIST(batch_size=10)
    loader = images.train_dataloader()

    def order():
        X = np.concatenate([images.to_images(X) for X, _ in loader])
        pixels = [image.tobytes() for image in np.round(X * 255).astype(np.uint8)]
        return [pixels.index(image.tobytes()) for image in numbered.images]

    first, second = order(), order()
    assert sorted(first) == sorted(second) == list(range(25))
    assert first != second


def test_the_order_is_the_same_in_every_edition(d2l, numbered):
    d2l.seed(7)
    labels = [as_numpy(y) for _, y in d2l.FashionMNIST(batch_size=10).train_dataloader()]
    expected = np.random.default_rng(7).permutation(25) % 10
    np.testing.assert_array_equal(np.concatenate(labels), expected)


def test_color_images(d2l, nets, monkeypatch):
    split = arrays(5, channels=3, size=32)
    monkeypatch.setattr(d2l.CIFAR10, "load", staticmethod(lambda: (split, split)))
    images = d2l.CIFAR10(batch_size=5)
    X, _ = next(iter(images.val_dataloader()))
    assert tuple(X.shape) == nets.input_shape(5, 3, 32)
    np.testing.assert_allclose(images.to_images(X), split.images / 255, atol=1e-6)
    assert images.text_labels([0, 9]) == ["airplane", "truck"]


def test_train_and_val_can_be_looked_at(d2l, edition, numbered):
    images = d2l.FashionMNIST(resize=(32, 32))
    if edition in ("torch", "mxnet"):  # a sequence of (image, label)
        assert len(images.train) == len(images.val) == 25
        X, y = images.train[3]
        assert tuple(X.shape) == (1, 32, 32)
        assert int(y) == 3
        with pytest.raises(IndexError):
            images.train[25]
    else:  # (images, labels)
        assert len(images.train[0]) == len(images.val[1]) == 25
        assert int(images.train[1][3]) == 3


def test_labels_have_names(d2l, numbered):
    assert d2l.FashionMNIST().text_labels([0, 9]) == ["t-shirt", "ankle boot"]


def test_the_limit_keeps_the_first_images_of_each_split(d2l, numbered, monkeypatch):
    monkeypatch.setenv("D2L_DATASET_LIMIT", "10")
    images = d2l.FashionMNIST(batch_size=4)
    assert [len(y) for _, y in images.train_dataloader()] == [4, 4, 2]
    labels = [as_numpy(y).tolist() for _, y in images.val_dataloader()]
    assert list(itertools.chain(*labels)) == numbered.labels[:10].tolist()


@pytest.mark.parametrize(
    ("asked", "made"),
    [((40, 40), (32, 32)), ((20, 64), (10, 32)), ((32, 8), (32, 8)), ((1000, 2), (32, 1))],
)
def test_images_are_no_larger_than_the_cap(d2l, numbered, monkeypatch, asked, made):
    monkeypatch.setenv("D2L_MAX_SIDE", "32")
    images = d2l.FashionMNIST(batch_size=4, resize=asked)
    X, _ = next(iter(images.val_dataloader()))
    assert images.to_images(X).shape == (4, *made, 1)
    words = f"{made[0]}×{made[1]} pixels instead of {asked[0]}×{asked[1]}"
    assert images.train_dataloader().caps == ([] if made == asked else [words])


def test_visualize_draws_images_with_their_labels(d2l, numbered):
    images = d2l.FashionMNIST(batch_size=8)
    images.visualize(next(iter(images.val_dataloader())), ncols=4)
    titles = [ax.get_title() for ax in d2l.plt.gcf().axes]
    d2l.plt.close("all")
    assert titles == ["t-shirt", "trouser", "pullover", "dress"]


@pytest.mark.parametrize("resize", [(0, 28), (28,), "28", (28.0, 28), 28.0, None])
def test_a_size_that_is_none(d2l, resize):
    with pytest.raises(ValueError, match=r"resize=.*give \(height, width\)"):
        d2l.FashionMNIST(resize=resize)


def test_sizes_may_be_numpys(d2l, numbered):
    images = d2l.FashionMNIST(np.int64(2), (np.int64(14), np.int64(7)))
    assert images.resize == (14, 7)
    assert d2l.FashionMNIST(2, np.int64(14)).resize == (14, 14)


def test_titles_of_images_may_be_an_array(d2l, numbered):
    images = d2l.FashionMNIST(batch_size=2)
    images.visualize(next(iter(images.val_dataloader())), ncols=2, labels=np.array(["a", "b"]))
    titles = [ax.get_title() for ax in d2l.plt.gcf().axes]
    d2l.plt.close("all")
    assert titles == ["a", "b"]


def test_a_batch_size_that_is_none(d2l):
    with pytest.raises(ValueError, match="batch_size=0"):
        d2l.FashionMNIST(batch_size=0)
