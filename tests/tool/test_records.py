"""Records: their keys, their files, and what becomes of damaged ones."""

import json
from dataclasses import replace

import pytest

from d2lbook.records.record import (
    RECORD_FILE,
    Receipt,
    Record,
    RecordDamaged,
    data_identity,
    pack,
    record_key,
    unpack,
)

SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>\n'
PNG = "iVBORw0KGgo="
RECEIPT = Receipt(
    device="a processor",
    driver="",
    versions={"python": "3.11.7", "torch": "2.13.0"},
    fingerprint="f" * 64,
    seed=0,
    caps={"max_epochs": 1},
    data="",
    started="2026-01-02T03:04:05+00:00",
    seconds=1.5,
    peak_memory=1 << 20,
    threads=2,
    platform="Linux",
)
RECORD = Record(
    page="chapter/section.md",
    tab="pytorch",
    key="0123abcd" * 8,
    outputs=(
        (),
        (
            {"output_type": "stream", "name": "stdout", "text": "loss 0.1\nétape ✓\n"},
            {
                "output_type": "display_data",
                "metadata": {"needs_background": "light"},
                "data": {"image/svg+xml": SVG, "text/plain": "<Figure>", "text/html": "<b>\n</b>"},
            },
            {
                "output_type": "execute_result",
                "execution_count": None,
                "metadata": {},
                "data": {"image/png": PNG, "application/json": ["a\n", {"b": []}]},
            },
        ),
    ),
    receipt=RECEIPT,
)


def reader(files):
    """Read from a dictionary as from a folder."""

    def read(name):
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return read


def test_a_record_comes_back_as_it_was():
    assert unpack(reader(pack(RECORD))) == RECORD


def test_figures_are_files_and_texts_are_lists_of_lines():
    files = pack(RECORD)
    assert list(files) == ["cell-02-2.svg", "cell-02-3.png", RECORD_FILE]
    assert files["cell-02-2.svg"] == SVG.encode()
    text = files[RECORD_FILE].decode()
    stream = json.loads(text)["outputs"][1][0]
    assert stream["text"] == ["loss 0.1\n", "étape ✓\n"]
    assert text.endswith("}\n")
    assert "étape" in text


@pytest.mark.parametrize("name", ["cell-02-2.svg", "cell-02-3.png"])
def test_a_missing_or_altered_figure_damages_the_record(name):
    files = pack(RECORD)
    with pytest.raises(RecordDamaged, match=name):
        unpack(reader({**files, name: files[name][:-1]}))
    del files[name]
    with pytest.raises(RecordDamaged, match=name):
        unpack(reader(files))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: b"",
        lambda text: b"null",
        lambda text: b"[]",
        lambda text: text.replace(b"loss 0.1", b"loss 0.0"),
        lambda text: text.replace(b'"seed": 0', b'"seed": 1'),
        lambda text: text.replace(b'"format": 1', b'"format": 0'),
        lambda text: b"\xff" + text,
    ],
)
def test_a_record_cut_short_or_altered_is_detected(damage):
    files = pack(RECORD)
    with pytest.raises(RecordDamaged):
        unpack(reader({**files, RECORD_FILE: damage(files[RECORD_FILE])}))


def test_a_record_that_is_not_there_is_no_damage():
    with pytest.raises(FileNotFoundError):
        unpack(reader({}))


def test_a_run_is_capped_when_it_had_caps():
    assert RECORD.capped
    assert not replace(RECORD, receipt=replace(RECEIPT, caps={})).capped


def key(sources=("x = 1",), tab="jax", data="", caps=None):
    return record_key(sources, tab=tab, data=data, caps=caps or {})


def test_the_key_depends_on_cells_tab_data_and_caps():
    keys = [
        key(),
        key(sources=["x = 2"]),
        key(sources=["x = 1", ""]),
        key(tab="pytorch"),
        key(data="fashion-mnist:1"),
        key(caps={"max_epochs": 1}),
        key(caps={"max_epochs": 2}),
    ]
    assert len(set(keys)) == len(keys)
    assert key() == key(sources=["x = 1"])
    assert key(caps={"a": 1, "b": 2}) == key(caps={"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("data = d2l.FashionMNIST(batch_size=128)", ["fashion-mnist"]),
        ("train_iter, test_iter = d2l.load_data_fashion_mnist(256)", ["fashion-mnist"]),
        ("data = d2l.CIFAR10()", ["cifar-10"]),
        ("x = 1", []),
    ],
)
def test_data_that_the_cells_name_are_identified(source, names):
    identity = data_identity([source])
    assert [part.partition(":")[0] for part in identity.split()] == names


def test_packing_is_deterministic():
    assert pack(RECORD) == pack(unpack(reader(pack(RECORD))))
