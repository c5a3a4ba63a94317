"""Where records are kept: the book's committed folder, the user's cache, a remote store."""

import hashlib
import importlib.metadata
import logging
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import platformdirs
from packaging.requirements import Requirement

from d2lbook.config import BookConfig, EvalConfig
from d2lbook.errors import BookError, BookErrors, unreadable
from d2lbook.files import Files, LocalFiles, RemoteFiles
from d2lbook.records.fingerprint import Fingerprints
from d2lbook.records.record import (
    CAPS,
    Record,
    RecordDamaged,
    data_identity,
    digest,
    pack,
    record_key,
    unpack,
)
from d2lbook.source.page import Page

NAMELESS_TAB = "all"
"""Names the one tab of a book without tabs in paths; no tab can be called so."""
Report = Callable[[str], None]


@dataclass(frozen=True)
class Shown:
    """The record that a page shows in a tab."""

    record: Record
    dated: bool
    """Whether the library's code has changed since."""


@dataclass(frozen=True)
class Wanted:
    """What identifies the record of a page in a tab."""

    page: str
    tab: str
    sources: tuple[str, ...]
    """The code cells, as that tab's reader sees them."""
    key: str
    fingerprint: str
    """Of today's library."""
    data: str
    caps: Mapping[str, int]


class Store:
    """Records in a tree of files, one folder a record, named by its key."""

    def __init__(self, files: Files):
        self._files = files

    def candidates(self, wanted: Wanted) -> Iterator[str]:
        """Yield the folders that may hold the record, those of today's library first."""
        folder = _key_folder(wanted.key)
        today = _fingerprint_folder(wanted.fingerprint)
        for name in sorted(self._files.folders(folder), key=lambda name: name != today):
            yield f"{folder}/{name}"

    def place(self, record: Record) -> str:
        """Return the folder that the record goes to."""
        return f"{_key_folder(record.key)}/{_fingerprint_folder(record.receipt.fingerprint)}"

    def find(self, wanted: Wanted, report: Report) -> Iterator[Record]:
        """Yield the records there are, whole and unaltered."""
        for folder in self.candidates(wanted):
            where = f"{self._files.name}/{folder}"
            try:
                record = unpack(lambda name, folder=folder: self._files.read(folder, name))  # type: ignore[misc]
            except RecordDamaged as damage:
                report(f"{where}: this record counts as absent: {damage}")
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                report(f"{where}: this record can't be read: {error.strerror}")
            else:
                if record.key == wanted.key:
                    yield replace(record, page=wanted.page)  # which may have had another name

    def put(self, record: Record) -> None:
        """Write a record; raises ``BookError``."""
        self._files.write(self.place(record), pack(record))


class CommittedStore(Store):
    """Records under the names of their pages and tabs, for people to read and git to keep."""

    def candidates(self, wanted: Wanted) -> Iterator[str]:
        """Yield the one folder that may hold the record."""
        yield _readable_folder(wanted.page, wanted.tab, capped=bool(wanted.caps))

    def place(self, record: Record) -> str:
        """Return the folder that the record goes to."""
        return _readable_folder(record.page, record.tab, capped=record.capped)


class Stores:
    """All stores of a book: the committed folder is asked first, then the cache, then a remote."""

    def __init__(self, config: BookConfig, *, report: Report | None = None):
        """Open the stores that ``config.ini`` names.

        Args:
            report: is told, once each, of the records that can't be used; the log is by default.
        """
        self._config = config
        self._report = cache(report or logging.getLogger("d2lbook").warning)
        self._fingerprints = Fingerprints(config.root)
        settings = config.eval
        folder = cache_folder(config)
        self._cache: Store | None = Store(LocalFiles(folder, str(folder)))
        self._committed = self._remote = None
        if settings.outputs:
            outputs = LocalFiles(config.root / settings.outputs, settings.outputs)
            self._committed = CommittedStore(outputs)
        if settings.remote:
            self._remote = Store(RemoteFiles(settings.remote, self._report))

    @cached_property
    def _dependencies(self) -> str:
        """Name what `dependencies` in ``config.ini`` lists, with a hash of it; "" for nothing."""
        folder, hashes = self._config.source_dir, {}
        for path in self._config.dependency_files():
            try:
                content = (folder / path).read_bytes()
            except OSError as error:
                raise unreadable(error, path) from None
            hashes[path.as_posix()] = hashlib.sha256(content).hexdigest()
        return f"dependencies:{digest(hashes)[:16]}" if hashes else ""

    def committed_alone(self) -> "Stores":
        """Return the stores that a fresh copy of the book has.

        If the book commits its records, that is the committed folder; otherwise, all of them.
        """
        alone = copy(self)
        if self._committed:
            alone._cache = alone._remote = None
        return alone

    def wanted(self, page: Page, tab: str, caps: Mapping[str, int]) -> Wanted:
        """Return what identifies the record of a page in a tab.

        Args:
            page: the page, with that tab chosen.
            tab: the tab.
            caps: limits of the run; empty for a full one.
        """
        sources = tuple(cell.source for cell in page.cells)
        data = " ".join(filter(None, (data_identity(sources), self._dependencies)))
        folder = (self._config.source_dir / page.path).parent
        return Wanted(
            page=page.path,
            tab=tab,
            sources=sources,
            key=record_key(sources, tab=tab, data=data, caps=caps),
            fingerprint=self._fingerprints.of(sources, folder),
            data=data,
            caps=caps,
        )

    def best(self, page: Page, tab: str) -> Shown | None:
        """Return the record to show: a full run's before a capped one's; None where none is.

        Args:
            page: the page, with that tab chosen.
            tab: the tab.
        """
        full = self.find(self.wanted(page, tab, {}))
        return full or self.find(self.wanted(page, tab, configured_caps(self._config.eval)))

    def find(self, wanted: Wanted) -> Shown | None:
        """Return the record that is wanted: a dated one only where no other is."""
        dated = None
        for store in filter(None, (self._committed, self._cache, self._remote)):
            for record in store.find(wanted, self._report):
                if complaint := outside_requirements(record):
                    self._report(f"{record.page} ({record.tab}): a record isn't used: {complaint}")
                elif record.receipt.fingerprint == wanted.fingerprint:
                    return Shown(record, dated=False)
                else:
                    dated = dated or Shown(record, dated=True)
        return dated

    def put(self, record: Record) -> None:
        """Keep a new record in every store; raises ``BookErrors`` after trying all of them.

        The cache comes first: whatever ends the build after that, the run isn't lost.
        """
        errors = []
        for store in filter(None, (self._cache, self._committed, self._remote)):
            try:
                store.put(record)
            except BookError as error:
                errors.append(error)
        if errors:
            raise BookErrors(errors)

    def keep(self, record: Record) -> None:
        """Keep a record that was found, wherever it was, in the stores on this machine."""
        for store in filter(None, (self._cache, self._committed)):
            try:
                store.put(record)
            except BookError as error:
                self._report(str(error))


def configured_caps(settings: EvalConfig) -> dict[str, int]:
    """Return the caps that ``config.ini`` sets; empty where every run is full."""
    caps = {name: getattr(settings, name) for name in CAPS}
    return {name: limit for name, limit in caps.items() if limit is not None}


def cache_folder(config: BookConfig) -> Path:
    """Return the folder of the local cache."""
    if config.eval.cache:
        return config.root / Path(config.eval.cache).expanduser()
    return platformdirs.user_cache_path("d2lbook") / "records"


@cache
def declared_requirements(tab: str) -> tuple[Requirement, ...]:
    """Return what the installed distribution ``d2l`` declares for the extra named like the tab."""
    try:
        declared = importlib.metadata.requires("d2l") or ()
    except importlib.metadata.PackageNotFoundError:
        return ()
    requirements = map(Requirement, declared)
    return tuple(r for r in requirements if r.marker and r.marker.evaluate({"extra": tab}))


def outside_requirements(record: Record) -> str:
    """Say which version of the record's frameworks isn't among those declared, if one isn't.

    The framework is declared before what it needs; a run without it has nothing to keep to.
    """
    declared, versions = declared_requirements(record.tab), record.receipt.versions
    if not declared or declared[0].name not in versions:
        return ""
    for requirement in declared:
        version = versions.get(requirement.name)
        if version and not requirement.specifier.contains(version, prereleases=True):
            asked = f"{requirement.name}{requirement.specifier}"
            return f"made with {requirement.name} {version}, where {asked} is asked for"
    return ""


def _key_folder(key: str) -> str:
    return f"{key[:2]}/{key}"


def _fingerprint_folder(fingerprint: str) -> str:
    return fingerprint[:16] or "no-library"


def _readable_folder(page: str, tab: str, *, capped: bool) -> str:
    return f"{page.removesuffix('.md')}/{tab or NAMELESS_TAB}/{'capped' if capped else 'full'}"
