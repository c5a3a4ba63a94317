"""Hosts that run notebooks for readers, and links that open a page's notebook there."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from d2lbook.config import CONFIG_FILE, BookConfig, HostConfig
from d2lbook.errors import BookError

REPOSITORY = re.compile(
    r"(?:https://github\.com/)?(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
    r"(?:/tree/(?P<branch>[^/\s]+)(?:/(?P<folder>\S+?))?/?)?"
)
DEFAULT_BRANCH = "HEAD"
RAW_URL = "https://raw.githubusercontent.com/{name}/{branch}/{path}"
"""Of a file in a repository, as it is."""


@dataclass(frozen=True)
class Host:
    """A service that runs notebooks from GitHub."""

    section: str
    """Of `config.ini`."""
    title: str
    url: str
    """Of a notebook there: `{name}`, `{branch}` and `{path}` of it in its repository."""
    copies_folder: bool
    """Whether a notebook is opened in a copy of the repository, with all files beside it."""


HOSTS = (
    Host(
        "colab",
        "Colab",
        "https://colab.research.google.com/github/{name}/blob/{branch}/{path}",
        copies_folder=False,
    ),
    Host(
        "binder",
        "Binder",
        "https://mybinder.org/v2/gh/{name}/{branch}?labpath={path}",
        copies_folder=True,
    ),
    Host(
        "sagemaker",
        "SageMaker Studio Lab",
        "https://studiolab.sagemaker.aws/import/github/{name}/blob/{branch}/{path}",
        copies_folder=True,
    ),
)


class Launch(NamedTuple):
    """A link to the notebooks of a tab on a host."""

    tab: str
    title: str
    url: str
    """With `{page}` in place of the page, by its path without a suffix."""
    exclusions: tuple[str, ...]
    """Globs of the pages that have no notebook there."""


def launches(config: BookConfig) -> Iterator[Launch]:
    """Yield the links that `github_repo` makes possible, by tab and host.

    Raises:
        BookError: it doesn't name a repository.
    """
    for tab in config.all_tabs:
        for host in HOSTS:
            if url := notebook_url(host, tab, config):
                exclusions = settings_of(host, config).exclusions
                yield Launch(tab, host.title, url, exclusions)


def notebook_url(host: Host, tab: str, config: BookConfig) -> str:
    """Return where a host opens the notebooks of a tab, with `{page}`; "" where it has none.

    Raises:
        BookError: `github_repo` doesn't name a repository.
    """
    return _url(host.url, "{page}.ipynb", host, tab, config)


def file_url(name: str, host: Host, tab: str, config: BookConfig) -> str:
    """Return where a file is that lies beside the notebooks of a tab; "" where that isn't known.

    Raises:
        BookError: `github_repo` doesn't name a repository.
    """
    return _url(RAW_URL, name, host, tab, config)


def _url(template: str, file: str, host: Host, tab: str, config: BookConfig) -> str:
    """Return the address of a file in the folder of a tab's notebooks; "" without a repository."""
    repos = settings_of(host, config).github_repo
    written = repos.get(tab) or repos.get("", "")
    if not written:
        return ""
    match = REPOSITORY.fullmatch(written)
    if not match:
        message = f"[{host.section}] github_repo: {written!r} is neither 'owner/name' nor "
        raise BookError(message + "'owner/name/tree/branch/folder'", CONFIG_FILE)
    return template.format(
        name=match["name"],
        branch=match["branch"] or DEFAULT_BRANCH,
        path=posixpath.join(match["folder"] or "", file),
    )


def settings_of(host: Host, config: BookConfig) -> HostConfig:
    """Return what `config.ini` says of a host."""
    settings: HostConfig = getattr(config, host.section)
    return settings
