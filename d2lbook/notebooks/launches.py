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
    repos = settings_of(host, config).github_repo
    written = repos.get(tab) or repos.get("", "")
    if not written:
        return ""
    match = REPOSITORY.fullmatch(written)
    if not match:
        message = f"[{host.section}] github_repo: {written!r} is neither 'owner/name' nor "
        raise BookError(message + "'owner/name/tree/branch/folder'", CONFIG_FILE)
    return host.url.format(
        name=match["name"],
        branch=match["branch"] or DEFAULT_BRANCH,
        path=posixpath.join(match["folder"] or "", "{page}.ipynb"),
    )


def settings_of(host: Host, config: BookConfig) -> HostConfig:
    """Return what `config.ini` says of a host."""
    settings: HostConfig = getattr(config, host.section)
    return settings
