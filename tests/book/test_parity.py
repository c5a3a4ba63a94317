"""The networks of each section are the same in all frameworks; one that drifts fails here.

A failure names the section, the network, the layer and the framework, and what differs.
"""

from math import nan

import parity
import pytest
from tiny_book import ROOT, TABS, copy_book, networks, pages

SECTIONS = [path.stem for path in pages(ROOT)]
ONE = "pytorch"
# What is altered in one framework, where it occurs first in a section that nothing else has it in.
ALTERED = {
    "alexnet": ("nn.LazyConv2d(384, kernel_size=3", "nn.LazyConv2d(383, kernel_size=3"),
    "batch-norm": ("nn.LazyBatchNorm2d()", "nn.LazyBatchNorm2d(momentum=0.01)"),
    "lenet": ("self.net.apply(d2l.init_cnn)", "pass"),
}
SEEN = (
    ("alexnet", "totals", "AlexNet: parameters, pytorch: "),
    ("alexnet", "stages", "AlexNet: stage 3 (Conv2d), output shape, pytorch: "),
    ("alexnet", "layers", "AlexNet: layer 3 (3×3, 256 to 383), weights"),
    ("batch-norm", "running statistics", "BNLeNet: batch norm 1 (6 channels), running mean, pyt"),
    ("lenet", "first weights", "LeNet: layer 2 (5×5, 6 to 16), spread of the first weights, py"),
)
pytestmark = pytest.mark.timeout(2400)  # the first test waits for all notebooks


@pytest.fixture(scope="session")
def altered(evaluated, tmp_path_factory):
    """A copy of the book with three sections altered in one framework, and run there."""
    book = copy_book(tmp_path_factory.mktemp("altered"), like=evaluated)
    for section, (old, new) in ALTERED.items():
        page = book.page(section)
        text = page.read_text(encoding="utf-8")
        assert old in text
        page.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert f"{len(ALTERED)} ran" in book.evaluate(tab=ONE)
    return book


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("gate", parity.GATES)
def test_networks_are_the_same_in_every_framework(evaluated, section, gate):
    found = parity.drifts(section, networks(section, dict.fromkeys(TABS, evaluated)), gate)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("section", SECTIONS)
def test_printed_costs_are_the_same_in_every_framework(evaluated, section):
    tables = {tab: parity.printed_costs(evaluated.printed(section, tab)) for tab in TABS}
    found = [
        f"{section}.md: table of costs {i}: {drift}"
        for i, of_tabs in enumerate(zip(*tables.values(), strict=True), start=1)
        for drift in parity.stages(dict(zip(TABS, of_tabs, strict=True)))
    ]
    assert not found, "\n".join(found)


def test_what_is_no_number_never_agrees():
    networks = {"jax": {"name": "LeNet", "untrained_loss": nan, "logits": [nan]}}
    assert list(parity.untrained_losses(networks)) == [
        "untrained loss, jax: nan, but a guess has 2.303"
    ]
    assert list(parity.outputs(networks)) == ["logits, jax: [nan], but [nan] in jax"]


@pytest.mark.parametrize(("section", "gate", "message"), SEEN)
def test_a_page_altered_in_one_framework_is_seen(evaluated, altered, section, gate, message):
    books = {**dict.fromkeys(TABS, evaluated), ONE: altered}
    found = parity.drifts(section, networks(section, books), gate)
    assert any(line.startswith(f"{section}.md: {message}") for line in found), found
    assert not parity.drifts(section, networks(section, dict.fromkeys(TABS, evaluated)), gate)
