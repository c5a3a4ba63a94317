"""The sections of `config.ini` that have one purpose each, and what their keys mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from d2lbook import values
from d2lbook.values import HeaderLink

T = TypeVar("T")


def from_key(read: Callable[[str], T], default: str = "", *, section: str = "") -> Any:
    """A field that the key of its name fills; `-` in a key is `_` here."""
    metadata = {"read": read, "section": section}
    return field(default_factory=lambda: read(default), metadata=metadata)


@dataclass(frozen=True)
class HtmlConfig:
    """`[html]`: the site."""

    header_links: tuple[HeaderLink, ...] = from_key(values.header_links)
    favicon: str = from_key(str)
    html_logo: str = from_key(str)
    include_css: tuple[str, ...] = from_key(values.words)
    include_js: tuple[str, ...] = from_key(values.words)
    base_url: str = from_key(values.url)
    """Where the site is published, with a slash at its end; empty where nobody has said."""
    edit_url: str = from_key(values.edit_url)
    """Where a page is edited, with `{path}` for its path from the root; empty: no such links."""
    cite: str = from_key(str)
    """The book in BibTeX, as it is to be cited; empty: made from `[project]`."""
    fold: tuple[str, ...] = from_key(values.words, "Solution")
    """Words in bold type at the beginning of a paragraph that fold it and what follows."""


@dataclass(frozen=True)
class PdfConfig:
    """`[pdf]`: the printed book."""

    main_font: str = from_key(str)
    sans_font: str = from_key(str)
    mono_font: str = from_key(str)
    post_latex: str = from_key(str)
    latex_logo: str = from_key(str)
    bibfile: str = from_key(str)
    style: str = from_key(str)


@dataclass(frozen=True)
class LibraryConfig:
    """`[library-TAB]`: the library file of a tab, and the names that readers see in its place."""

    lib_file: str = from_key(str)
    lib_name: str = from_key(str)
    simple_alias: Mapping[str, str] = from_key(values.renames)
    """`d2l.key(...)` is shown as `lib_name.value(...)`."""
    fluent_alias: Mapping[str, str] = from_key(values.renames)
    """`d2l.key(a, ...)` is shown as `a.value(...)`."""
    alias: tuple[str, ...] = from_key(values.lines)
    """Names that the library itself defines."""
    reverse_alias: tuple[tuple[re.Pattern[str], str], ...] = from_key(values.patterns)
    """Code that matches the pattern is shown as the replacement."""


@dataclass(frozen=True)
class HostConfig:
    """`[colab]`, `[sagemaker]` and `[binder]`: where readers run the notebooks."""

    github_repo: Mapping[str, str] = from_key(values.per_tab)
    """Where the notebooks of a tab are: `owner/name`, or `owner/name/tree/branch/folder`."""
    kernel: Mapping[str, str] = from_key(values.per_tab)
    libs: tuple[str, ...] = from_key(values.lines)
    libs_header: str = from_key(str)
    gpu_pattern: str = from_key(str)
    replace_svg_url: str = from_key(str)
    exclusions: tuple[str, ...] = from_key(values.globs)


@dataclass(frozen=True)
class SlidesConfig:
    """`[slides]`: the decks."""

    top_left: str = from_key(str)
    top_right: str = from_key(str)
    github_repo: Mapping[str, str] = from_key(values.per_tab)


@dataclass(frozen=True)
class LinkcheckConfig:
    """`[linkcheck]`: which links are asked for, and how."""

    ignore: tuple[str, ...] = from_key(values.words)
    """Globs of links that are not; `*` stands for anything."""
    timeout: int = from_key(values.count, "20")
    """Seconds that a host may take to answer."""
    anchors: bool = from_key(values.flag, "False")
    """Whether the place that follows `#` has to be in the page."""


@dataclass(frozen=True)
class EvalConfig:
    """`[eval]`: how notebooks run and where their records lie."""

    max_epochs: int | None = from_key(values.cap)
    """Cap on the epochs of a fit; kernels see it as D2L_MAX_EPOCHS."""
    dataset_limit: int | None = from_key(values.cap)
    """Cap on the examples of a data set; kernels see it as D2L_DATASET_LIMIT."""
    max_side: int | None = from_key(values.cap)
    """Cap on the sides of images, in pixels; kernels see it as D2L_MAX_SIDE."""
    timeout: int = from_key(values.count, "3600")
    """Seconds that one notebook may take."""
    max_output_bytes: int = from_key(values.count, str(4 << 20))
    """Bytes of output that one cell may leave."""
    outputs: str = from_key(str)
    """Folder of committed records, relative to the root; empty means none."""
    cache: str = from_key(str)
    """Folder of the local cache; empty means the user's cache folder."""
    remote: str = from_key(str)
    """fsspec URL of a shared store; empty means none."""
    python: str = from_key(str, ".envs/{tab}/bin/python")
    """Pattern of a tab's interpreter, relative to the root."""
