"""What a reader is told of a run: one line below its outputs, and the receipt behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from d2lbook.records.record import Receipt
from d2lbook.records.stores import Shown
from d2lbook.words import ENGLISH, Say

TITLES = {
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "jax": "JAX",
    "mxnet": "MXNet",
    "paddle": "PaddlePaddle",
    "mindspore": "MindSpore",
    "numpy": "NumPy",
    "python": "Python",
}
"""Names as their makers write them."""
DISTRIBUTIONS = {"pytorch": "torch"}
"""Names of frameworks as packages, where the tab's differs."""


def tab_title(tab: str) -> str:
    """Return a tab's name as readers see it."""
    return TITLES.get(tab, tab.capitalize())


def summary(shown: Shown, tab: str, say: Say = ENGLISH) -> str:
    """Return one line on a run: framework, version, device, how far it went, whether dated."""
    receipt = shown.record.receipt
    parts = [framework(receipt, tab), receipt.device, extent(receipt.caps, say)]
    if shown.dated:
        parts.append(say("dated: the library has changed since"))
    return " · ".join(part for part in parts if part)


def framework(receipt: Receipt, tab: str) -> str:
    """Return "PyTorch 2.13.0"; in a book without tabs, the version of Python."""
    for name in (DISTRIBUTIONS.get(tab, tab), tab, f"{tab}-cpu"):
        if name in receipt.versions:
            return f"{tab_title(tab)} {receipt.versions[name]}"
    return tab_title(tab) if tab else f"Python {receipt.versions.get('python', '')}".rstrip()


def extent(caps: Mapping[str, int], say: Say = ENGLISH) -> str:
    """Return "full run", or what a capped run was held to."""
    units = {"max_epochs": "epoch", "dataset_limit": "image", "max_side": "pixel"}
    limits = [say.count(limit, units.get(name, name)) for name, limit in caps.items()]
    return say("capped run: {}", ", ".join(limits)) if limits else say("full run")


def missing(titles: Sequence[str], say: Say = ENGLISH) -> str:
    """Return the note on a cell without a record in these tabs."""
    if any(titles):
        return say("Not run in {}: there is no record of it.", ", ".join(titles))
    return say("Not run: there is no record of it.")


def rows(shown: Shown, say: Say = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield the receipt as pairs of a name and a text."""
    pairs = [*all_rows(shown.record.receipt, say, dated=shown.dated)]
    pairs.append(("Record", shown.record.key[:12]))
    yield from ((say(name), text) for name, text in pairs if text)


def all_rows(receipt: Receipt, say: Say, *, dated: bool) -> Iterator[tuple[str, str]]:
    """Yield what a receipt says, empty texts among it."""
    yield "Device", receipt.device
    yield "Driver", receipt.driver
    yield "Threads", str(receipt.threads)
    yield "Platform", receipt.platform
    yield "Versions", ", ".join(f"{name} {text}" for name, text in receipt.versions.items())
    yield "Run", extent(receipt.caps, say)
    yield "Seed", str(receipt.seed)
    yield "Started", moment(receipt.started)
    yield "Took", duration(receipt.seconds)
    yield "Peak memory", f"{receipt.peak_memory / 2**30:.2f} GiB"
    yield "Data", receipt.data
    library = say("has changed since" if dated else "as it is today")
    yield "Library", receipt.fingerprint and f"{receipt.fingerprint[:12]}, {library}"


def moment(iso: str) -> str:
    """Return an ISO 8601 moment as "2026-11-21 09:30 UTC"."""
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"


def duration(seconds: float) -> str:
    """Return a time span: "8.3 s", "2 min 05 s", "1 h 10 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
