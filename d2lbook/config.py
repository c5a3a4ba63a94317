"""`config.ini`: read once, checked, frozen. Paths are derived from it and never changed."""

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from d2lbook import values
from d2lbook.errors import BookError, BookErrors, CallError, nearest, unreadable
from d2lbook.sections import EvalConfig as EvalConfig
from d2lbook.sections import HostConfig as HostConfig
from d2lbook.sections import HtmlConfig as HtmlConfig
from d2lbook.sections import LibraryConfig as LibraryConfig
from d2lbook.sections import LinkcheckConfig as LinkcheckConfig
from d2lbook.sections import PdfConfig as PdfConfig
from d2lbook.sections import SlidesConfig as SlidesConfig
from d2lbook.sections import from_key
from d2lbook.values import ConfigValueError

CONFIG_FILE = "config.ini"


@dataclass(frozen=True)
class BookConfig:
    """Everything that `config.ini` says."""

    root: Path
    """Folder that holds `config.ini`."""
    name: str = from_key(values.file_name, "book", section="project")
    """What the files that readers get are called, beside their tabs."""
    title: str = from_key(str, section="project")
    author: str = from_key(str, section="project")
    copyright: str = from_key(str, section="project")
    release: str = from_key(str, section="project")
    lang: str = from_key(str, "en", section="project")
    index: str = from_key(values.page, "index", section="build")
    """The root page, relative to `source_dir`, without its suffix."""
    notebooks: tuple[str, ...] = from_key(values.globs, "*.md */*.md", section="build")
    """Globs of the chapter files, relative to `source_dir`."""
    non_notebooks: tuple[str, ...] = from_key(values.globs, section="build")
    """Globs of pages that hold no code to run."""
    exclusions: tuple[str, ...] = from_key(values.globs, section="build")
    resources: tuple[str, ...] = from_key(values.globs, section="build")
    """Globs of files and folders that the notebooks need beside them."""
    dependencies: tuple[str, ...] = from_key(values.globs, section="build")
    """Globs of files whose change makes every notebook run again."""
    rsts: tuple[str, ...] = from_key(values.globs, section="build")
    """Globs of reStructuredText pages."""
    eval_notebook: bool = from_key(values.flag, "True", section="build")
    tabs: tuple[str, ...] = from_key(values.tab_names, section="build")
    """The tabs, default first; empty for a book whose one tab has no name."""
    source_dir: Path = from_key(Path, section="build")  # noqa: RUF009
    output_dir: Path = from_key(Path, "_build", section="build")  # noqa: RUF009
    warning_is_error: bool = from_key(values.flag, "False", section="build")
    sphinx_extensions: tuple[str, ...] = from_key(values.words, section="build")
    sphinx_configs: str = from_key(str, section="build")
    version_file: str = from_key(str, section="library")
    html: HtmlConfig = field(default_factory=HtmlConfig)
    pdf: PdfConfig = field(default_factory=PdfConfig)
    libraries: Mapping[str, LibraryConfig] = field(default_factory=dict)
    colab: HostConfig = field(default_factory=HostConfig)
    sagemaker: HostConfig = field(default_factory=HostConfig)
    binder: HostConfig = field(default_factory=HostConfig)
    slides: SlidesConfig = field(default_factory=SlidesConfig)
    linkcheck: LinkcheckConfig = field(default_factory=LinkcheckConfig)
    eval: EvalConfig = field(default_factory=EvalConfig)
    warnings: tuple[str, ...] = ()
    """What a reader of `config.ini` should know: unknown keys, with the nearest known one."""

    @property
    def default_tab(self) -> str:
        """The first tab; "" in a book without tabs."""
        return self.tabs[0] if self.tabs else ""

    @property
    def all_tabs(self) -> tuple[str, ...]:
        """Every tab; ("",) in a book without tabs."""
        return self.tabs or ("",)

    def chosen_tabs(self, name: str | None) -> tuple[str, ...]:
        """The tabs that `--tab NAME` means.

        Raises: CallError if there is no such tab.
        """
        if name is None:
            return (self.default_tab,)
        if name.lower() == "all":
            return self.all_tabs
        if name.lower() not in self.tabs:
            raise CallError(self.unknown_tab(name))
        return (name.lower(),)

    def unknown_tab(self, name: str) -> str:
        """The message for a tab that `config.ini` doesn't list."""
        listed = f"tabs: {', '.join(self.tabs)}" if self.tabs else "the book has no tabs"
        return f"tab {name!r} is not listed in {CONFIG_FILE} ({listed}){nearest(name, self.tabs)}"

    def stage_dir(self, stage: str, tab: str = "") -> Path:
        """Where a stage leaves its files: `eval` for the default tab, `eval_TAB` for another."""
        return self.output_dir / (stage if tab in ("", self.default_tab) else f"{stage}_{tab}")

    def sources(self) -> tuple[Path, ...]:
        """The chapter files, relative to `source_dir`, in alphabetical order."""
        found = self.matching((*self.notebooks, *self.non_notebooks))
        return tuple(path for path in found if path.suffix == ".md")

    def matching(self, globs: tuple[str, ...]) -> tuple[Path, ...]:
        """The files that match, relative to `source_dir`, but for `exclusions`, sorted."""
        return self._files(globs, self.exclusions)

    def has_source(self, name: str) -> bool:
        """Whether there is such a file under `source_dir`."""
        try:
            return (self.source_dir / name).is_file()
        except OSError:  # a name that no file can have
            return False

    def resource_files(self) -> tuple[Path, ...]:
        """The files that notebooks need beside them, relative to `source_dir`, sorted."""
        return self._files(self.resources)

    def dependency_files(self) -> tuple[Path, ...]:
        """The files that notebooks run anew for when they change, likewise."""
        return self._files(self.dependencies)

    def _files(self, globs: tuple[str, ...], but: tuple[str, ...] = ()) -> tuple[Path, ...]:
        if not globs:
            return ()
        wanted, unwanted = values.glob_matcher(globs), values.glob_matcher(but)
        names = sorted(name for name in self._names() if wanted(name) and not unwanted(name))
        for name in names:
            if any("\ud800" <= letter <= "\udfff" for letter in name):  # bytes that Python escaped
                raise BookError("the name of this file isn't UTF-8: rename it", name)
        return tuple(map(Path, names))

    def _names(self) -> Iterator[str]:
        """Every file under `source_dir`, but for hidden folders, links to some and what was built.

        Behind a link may lie a data set of millions of files.
        """
        for folder, subfolders, files in os.walk(self.source_dir, onerror=self._refuse):
            here = Path(folder)
            subfolders[:] = [
                s for s in subfolders if not s.startswith(".") and here / s != self.output_dir
            ]
            relative = here.relative_to(self.source_dir)
            yield from ((relative / name).as_posix() for name in files)

    def _refuse(self, error: OSError) -> None:
        """Raise BookError for a folder that can't be read, unless `exclusions` names it."""
        folder = Path(error.filename)
        name = folder.relative_to(self.source_dir).as_posix()
        if not values.glob_matcher(self.exclusions)(f"{name}/"):
            message = f"can't be read: {error.strerror}; allow it, or add it to [build] exclusions"
            raise BookError(message, folder)


def load_config(root: Path | str) -> BookConfig:
    """Read `root/config.ini`.

    Raises: CallError if there is none; BookErrors for values that make no sense.
    """
    root = Path(root).resolve()
    path = root / CONFIG_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CallError(
            f"no {CONFIG_FILE} in {root}: run d2lbook in the folder that holds it"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(error, CONFIG_FILE) from None
    return _Reader(root, text).config()


# Sections that are read by nobody here, but that books have.
_PASSED_OVER = ("deploy", "translation")
_PARTS: Mapping[str, type] = {
    "html": HtmlConfig,
    "pdf": PdfConfig,
    "colab": HostConfig,
    "sagemaker": HostConfig,
    "binder": HostConfig,
    "slides": SlidesConfig,
    "linkcheck": LinkcheckConfig,
    "eval": EvalConfig,
}
_FLAT = ("project", "build", "library")


class _Reader:
    """One reading of `config.ini`: the values, and what is wrong with them."""

    def __init__(self, root: Path, text: str) -> None:
        self.root = root
        self.lines = text.splitlines()
        self.errors: list[BookError] = []
        self.warnings: list[tuple[int, str]] = []
        """Each with its line."""
        self.parser = configparser.ConfigParser()
        try:
            self.parser.read_string(text)
        except configparser.Error as error:
            raise _not_ini(error) from None

    def config(self) -> BookConfig:
        """The whole file; raises BookErrors."""
        flat: dict[str, Any] = {}
        for section in _FLAT:
            keys = _keys(BookConfig, section) | self.library_keys(section, flat)
            flat |= self.section(section, keys)
        library = {name: flat.pop(name) for name in _keys(LibraryConfig) if name in flat}
        parts = {name: part(**self.section(name, _keys(part))) for name, part in _PARTS.items()}
        libraries = self.libraries(flat.get("tabs", ()), library)
        self.check_sections(libraries)
        if self.errors:
            raise BookErrors(self.errors)
        flat["source_dir"] = self.root / flat.get("source_dir", "")
        if not flat["source_dir"].is_dir():
            place = self.line_of("build", "source_dir")
            message = f"source_dir: there is no folder {flat['source_dir']}"
            raise BookError(message, CONFIG_FILE, place)
        flat["output_dir"] = self.root / flat.get("output_dir", "_build")
        if flat["source_dir"].resolve().is_relative_to(flat["output_dir"].resolve()):
            place = self.line_of("build", "output_dir")
            message = (
                f"output_dir: {flat['output_dir']} holds the sources: name a folder of its own"
            )
            raise BookError(message, CONFIG_FILE, place)
        warnings = tuple(message for _, message in sorted(self.warnings))
        return BookConfig(self.root, **flat, **parts, libraries=libraries, warnings=warnings)

    def library_keys(self, section: str, flat: Mapping[str, Any]) -> dict[str, "Field[Any]"]:
        """What else may be in `[library]`: in a book without tabs, the keys of its one library."""
        return _keys(LibraryConfig) if section == "library" and not flat.get("tabs") else {}

    def libraries(
        self, tabs: tuple[str, ...], only: Mapping[str, Any]
    ) -> Mapping[str, LibraryConfig]:
        """The `[library-TAB]` sections by tab; the `only` library of a book without tabs."""
        sections = [name for name in self.parser.sections() if name.startswith("library-")]
        keys = _keys(LibraryConfig)
        found = {"": LibraryConfig(**only)} if only else {}
        for section in sections:
            tab = section.removeprefix("library-").lower()
            found[tab] = LibraryConfig(**self.section(section, keys))
            if tab not in tabs:
                self.warn(section, None, f"no tab is named {tab!r}{nearest(tab, tabs)}")
        return MappingProxyType(found)

    def section(self, name: str, keys: Mapping[str, "Field[Any]"]) -> dict[str, Any]:
        """The values of a section, by field."""
        found: dict[str, Any] = {}
        for key in self.parser.options(name) if self.parser.has_section(name) else ():
            text = self.text(name, key)
            known = keys.get(key.replace("-", "_"))
            if known is None:
                self.warn(name, key, f"key {key!r} is unknown{nearest(key, keys)}")
                continue
            try:
                if text.strip():
                    found[known.name] = known.metadata["read"](text.strip())
            except ConfigValueError as error:
                place = self.line_of(name, key)
                self.errors.append(BookError(f"{key}: {error}", CONFIG_FILE, place))
        return found

    def text(self, section: str, key: str) -> str:
        """A value as written, but for `%%`, which means `%`, and `%(key)s`."""
        try:
            return self.parser.get(section, key)
        except configparser.InterpolationError:
            return self.parser.get(section, key, raw=True)

    def check_sections(self, libraries: Mapping[str, LibraryConfig]) -> None:
        """Warn of sections that mean nothing."""
        known = (*_FLAT, *_PARTS, *_PASSED_OVER, *(f"library-{tab}" for tab in libraries))
        for section in self.parser.sections():
            if section not in known and not section.startswith("library-"):
                self.warn(section, None, f"section is unknown{nearest(section, known)}")

    def warn(self, section: str, key: str | None, message: str) -> None:
        line = self.line_of(section, key)
        self.warnings.append((line, f"{CONFIG_FILE}:{line}: [{section}] {message}"))

    def line_of(self, section: str, key: str | None) -> int:
        """The line of a section's head, or of a key in it."""
        here = ""
        for number, line in enumerate(self.lines, start=1):
            if head := re.match(r"\[(.+)\]", line):
                here = head[1]
                if key is None and here == section:
                    return number
            elif key is not None and here == section and _key_of(line) == key:
                return number
        return 1


def _not_ini(error: configparser.Error) -> BookError:
    """What makes a text no INI file, and where."""
    line: int | None = getattr(error, "lineno", None)
    match error:
        case configparser.DuplicateOptionError():
            message = f"key {error.option!r} is already in section [{error.section}]"
        case configparser.DuplicateSectionError():
            message = f"section [{error.section}] is already there"
        case configparser.MissingSectionHeaderError():
            message = f"{error.line.strip()!r} comes before the first section: begin with [project]"
        case configparser.ParsingError():
            line, message = error.errors[0][0], "the line is neither [section] nor key = value"
        case _:
            message = str(error)
    return BookError(message, CONFIG_FILE, line)


def _key_of(line: str) -> str:
    return re.split("[=:]", line, maxsplit=1)[0].strip().lower()


def _keys(part: type, section: str = "") -> dict[str, "Field[Any]"]:
    """The fields of a data class that keys of the section fill."""
    return {f.name: f for f in fields(part) if f.metadata and f.metadata["section"] == section}
