"""Records: what the cells of one page printed and drew in one tab, with a receipt of the run.

A record is found by its key, which depends on the cells, the data and the caps and on nothing
else. It is kept as a few files, ``record.json`` and its figures, which ``pack`` and ``unpack``
turn it into and read it from.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from d2l.data import DATA_SETS
from d2lbook.errors import BookError

RECORD_FILE = "record.json"
FORMAT = 1
"""Changes when records of before can't be read any more."""
CAPS = {
    "max_epochs": "D2L_MAX_EPOCHS",
    "dataset_limit": "D2L_DATASET_LIMIT",
    "max_side": "D2L_MAX_SIDE",
}
"""What caps a run: the keys of `[eval]`, and the variables that tell the library."""
IMAGE_SUFFIXES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


class RecordDamaged(Exception):
    """A record was cut short or altered; the message says where."""


@dataclass(frozen=True)
class Receipt:
    """The circumstances of a run."""

    device: str
    """Name of the GPU that the framework saw, else of the processor."""
    driver: str
    """Version of the GPU's driver; empty without one."""
    versions: Mapping[str, str]
    """Versions of Python, the framework, NumPy and d2l."""
    fingerprint: str
    """Hash of the library's code that the cells import; see ``fingerprint``."""
    seed: int
    caps: Mapping[str, int]
    """Limits by the names in ``CAPS``; empty for a full run."""
    data: str
    """Names and hashes of the data sets that the cells name."""
    started: str
    """UTC, in ISO 8601."""
    seconds: float
    """Wall-clock time of all cells."""
    peak_memory: int
    """Most host memory held, in bytes."""
    threads: int
    """CPU threads that the run was given."""
    platform: str


@dataclass(frozen=True)
class Record:
    """What a page's cells produced in one tab."""

    page: str
    """Path of the page, relative to the book's source folder."""
    tab: str
    key: str
    outputs: tuple[tuple[dict[str, Any], ...], ...]
    """The notebook outputs (nbformat 4) of each cell."""
    receipt: Receipt

    @property
    def capped(self) -> bool:
        """Whether a cap limited the run."""
        return bool(self.receipt.caps)


def digest(*parts: object) -> str:
    """Return the SHA-256 of the parts' JSON, in hexadecimal."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record_key(sources: Sequence[str], *, tab: str, data: str, caps: Mapping[str, int]) -> str:
    """Return the key of the record that a run of these cells would make.

    Args:
        sources: the code cells as that tab's reader sees them.
        tab: the tab, since the same code may run in several frameworks.
        data: the data's identity, from ``data_identity``.
        caps: limits by the names in ``CAPS``; empty for a full run.
    """
    return digest(FORMAT, tab, list(sources), data, dict(caps))


def data_identity(sources: Sequence[str]) -> str:
    """Name the data sets that the cells mention, each with a hash of its files' checksums."""
    letters = re.sub(r"[\W_]", "", "".join(sources)).lower()
    return " ".join(
        f"{data_set.name}:{digest([(file.name, file.sha256) for file in data_set.sources])[:16]}"
        for data_set in DATA_SETS
        if re.sub(r"\W", "", data_set.name) in letters
    )


def pack(record: Record) -> dict[str, bytes]:
    """Return the files of a record, by name; ``record.json`` comes last.

    Raises:
        BookError: a picture in it is none.
    """
    files: dict[str, bytes] = {}
    try:
        outputs = [
            [_pack_output(out, f"cell-{i:02}-{j}", files) for j, out in enumerate(cell, start=1)]
            for i, cell in enumerate(record.outputs, start=1)
        ]
    except ValueError as error:  # of base64, or half a character
        raise BookError(f"a cell shows a picture that is none: {error}", record.page) from None
    content = {
        "format": FORMAT,
        "page": record.page,
        "tab": record.tab,
        "key": record.key,
        "receipt": asdict(record.receipt),
        "outputs": outputs,
    }
    content["sha256"] = digest(content)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    files[RECORD_FILE] = text.encode("utf-8", "surrogatepass")
    return files


def unpack(read: Callable[[str], bytes]) -> Record:
    """Build a record from its files.

    Args:
        read: returns the bytes of the file with that name, or raises ``OSError``.

    Raises:
        RecordDamaged: a file is missing, or isn't what was written.
        OSError: ``record.json`` could not be read.
    """
    text = read(RECORD_FILE)
    try:
        content = json.loads(text)
        claimed = content.pop("sha256")
        if content["format"] != FORMAT or digest(content) != claimed:
            raise RecordDamaged("it isn't what was written")
        return Record(
            page=content["page"],
            tab=content["tab"],
            key=content["key"],
            outputs=tuple(
                tuple(_unpack_output(output, read) for output in cell)
                for cell in content["outputs"]
            ),
            receipt=Receipt(**content["receipt"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordDamaged("it was cut short or altered") from error


def _pack_output(output: Mapping[str, Any], stem: str, files: dict[str, bytes]) -> dict[str, Any]:
    """Move an output's images into ``files``, and its longer texts into lists of lines."""
    packed = dict(output)
    if "text" in output:
        packed["text"] = _to_lines("text/plain", output["text"])
    if "data" in output:
        packed["data"] = {
            mime: _pack_image(mime, value, stem, files)
            if mime in IMAGE_SUFFIXES
            else _to_lines(mime, value)
            for mime, value in output["data"].items()
        }
    return packed


def _pack_image(mime: str, value: str, stem: str, files: dict[str, bytes]) -> dict[str, str]:
    name = f"{stem}.{IMAGE_SUFFIXES[mime]}"
    files[name] = value.encode() if mime == "image/svg+xml" else base64.b64decode(value)
    return {"file": name, "sha256": hashlib.sha256(files[name]).hexdigest()}


def _unpack_output(packed: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, Any]:
    output = dict(packed)
    if "text" in packed:
        output["text"] = _from_lines("text/plain", packed["text"])
    if "data" in packed:
        output["data"] = {
            mime: _unpack_image(mime, value, read)
            if mime in IMAGE_SUFFIXES
            else _from_lines(mime, value)
            for mime, value in packed["data"].items()
        }
    return output


def _unpack_image(mime: str, value: Mapping[str, str], read: Callable[[str], bytes]) -> str:
    try:
        image = read(value["file"])
    except OSError as error:
        raise RecordDamaged(f"{value['file']} can't be read") from error
    if hashlib.sha256(image).hexdigest() != value["sha256"]:
        raise RecordDamaged(f"{value['file']} isn't what was written")
    return image.decode() if mime == "image/svg+xml" else base64.b64encode(image).decode()


def _to_lines(mime: str, value: Any) -> Any:
    """Split a text of several lines, so that the file diffs line by line."""
    if isinstance(value, str) and "\n" in value and not mime.endswith("json"):
        return value.splitlines(keepends=True)
    return value


def _from_lines(mime: str, value: Any) -> Any:
    return "".join(value) if isinstance(value, list) and not mime.endswith("json") else value
