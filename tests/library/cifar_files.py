"""Writes small archives of CIFAR-10 in the two formats in which the real ones come."""

import io
import pickle
import struct
import tarfile

import numpy as np

NAMES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")


def striped_images(n, classes=10, seed=0):
    """Noise with a bright, colored stripe for each class: (images, labels), easy to learn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.integers(0, 96, (n, 32, 32, 3), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[3 * label : 3 * label + 3, :, label % 3] += 128
    return images, labels


def rows(images):
    """Images as CIFAR-10 stores them: 1,024 red, then green, then blue values a row."""
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def binary_batch(images, labels):
    """A batch of the binary format."""
    return np.concatenate([labels[:, None].astype(np.uint8), rows(images)], axis=1).tobytes()


def python2_batch(images, labels):
    """A batch as the published ones were pickled: by Python 2, with an old NumPy."""

    def text(value):  # Python 2's str
        return b"U" + bytes([len(value)]) + value

    def number(value):
        return b"J" + struct.pack("<i", value)

    data = rows(images).tobytes()
    dtype = b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R(K\x03" + text(b"|") + b"NNN"
    dtype += number(-1) + number(-1) + b"K\x00tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text(b"b")
    array += b"\x87R(K\x01" + number(len(images)) + number(3072) + b"\x86" + dtype + b"\x89"
    array += b"T" + struct.pack("<i", len(data)) + data + b"tb"
    label_list = b"](" + b"".join(map(number, labels.tolist())) + b"e"
    names = b"](" + b"".join(text(b"image_%d.png" % i) for i in range(len(images))) + b"e"
    return (
        b"\x80\x02}("
        + (text(b"batch_label") + text(b"a batch") + text(b"labels") + label_list)
        + (text(b"data") + array + text(b"filenames") + names)
        + b"u."
    )


def python3_batch(images, labels):
    """The same dict, pickled today."""
    batch = {b"data": rows(images), b"labels": labels.tolist(), b"batch_label": b"a batch"}
    return pickle.dumps(batch, protocol=2)


def archive(members):
    """A .tar.gz of files, by name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def binary_archive(images, labels):
    """The images as cifar-10-binary.tar.gz has them, a sixth in each batch."""
    return _archive("cifar-10-batches-bin", ".bin", binary_batch, images, labels)


def python_archive(images, labels, batch=python2_batch):
    """The images as cifar-10-python.tar.gz has them, a sixth in each batch."""
    return _archive("cifar-10-batches-py", "", batch, images, labels)


def _archive(folder, suffix, batch, images, labels):
    members = {f"{folder}/batches.meta{suffix and '.txt'}": b"names", f"{folder}/readme.html": b"-"}
    parts = zip(NAMES, np.split(images, 6), np.split(labels, 6), strict=True)
    for name, part_images, part_labels in parts:
        members[f"{folder}/{name}{suffix}"] = batch(part_images, part_labels)
    return archive(members)
