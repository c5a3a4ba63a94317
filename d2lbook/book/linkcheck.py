"""`linkcheck`: ask every link of the book whether it answers.

Hosts are asked at the same time, and each of them for one link after the other. What goes wrong
for a moment is tried again. Links that answered are not asked again for a week.
"""

import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import requests
from lxml import etree, html
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from d2l import __version__
from d2lbook.book.links import Link
from d2lbook.config import LinkcheckConfig
from d2lbook.errors import BookError, BookErrors, counted
from d2lbook.files import write_atomically

WEEK = 7 * 24 * 3600
AT_ONCE = 16
"""Hosts that are asked at the same time."""
RETRIES = Retry(
    total=3,
    connect=1,
    read=1,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    retry_after_max=20,
    raise_on_status=False,
)
"""How often a link is tried again, and after how long; hosts may ask for more, in seconds."""
REFUSED = (401, 402, 403, 406, 407, 429, 451, 999)
"""What hosts answer to programs, or to strangers, of pages that may well be there."""
TOO_MANY = "429 Too Many Requests"
MOVED_FOR_GOOD = (301, 308)
DOI = "doi.org"
"""Knows whether a work is there; the publishers that it leads to refuse programs."""
AGENT = f"Mozilla/5.0 (compatible; d2lbook/{__version__}; linkcheck)"
WAY_OUT = "mend it, or name it under ignore in [linkcheck]"


@dataclass(frozen=True)
class Answer:
    """What came of asking for a link."""

    state: str
    """works, moved, refused, broken, or unreachable, where no host answered."""
    said: str = ""
    """The reason, or the new address."""
    asked: float = field(default_factory=time.time)
    """When, in seconds since 1970."""

    @property
    def is_fresh(self) -> bool:
        """Whether there is no need to ask again."""
        return self.state in ("works", "moved") and 0 <= time.time() - self.asked < WEEK


Answers = dict[str, Answer]


def check(
    links: Iterable[Link],
    settings: LinkcheckConfig,
    memory: Path,
    *,
    fresh: bool = False,
    warn: Callable[[BookError], None],
) -> str:
    """Check links.

    Args:
        links: the links.
        settings: which of them to leave out, and how to ask.
        memory: the file that keeps answers.
        fresh: ask for all, whatever is kept.
        warn: is told of links that moved for good, or that hosts don't show to programs.

    Returns:
        A line that says what was checked.

    Raises:
        BookErrors: links don't answer.
        BookError: none does, since there is no network.
    """
    wanted = [link for link in links if not ignored(link.url, settings)]
    malformed = {link: Answer("broken", why) for link in wanted if (why := fault(link.url))}
    addresses = {link: asked_for(link.url, settings) for link in wanted if link not in malformed}
    known = {} if fresh else remembered(memory)
    answers = {url: known[url] for url in addresses.values() if url in known}
    missing = sorted(set(addresses.values()) - answers.keys())
    try:
        ask_all(missing, settings, answers)
    finally:
        remember(memory, answers)
    check_network([answers[url] for url in missing], missing)
    found = [*malformed.items(), *((link, answers[url]) for link, url in addresses.items())]
    for link, answer in found:
        if answer.state in ("moved", "refused"):
            warn(complaint(link, answer))
    broken = ("broken", "unreachable")
    errors = [complaint(link, answer) for link, answer in found if answer.state in broken]
    if errors:
        raise BookErrors(errors)
    return summary(answers, asked=len(missing))


def ignored(url: str, settings: LinkcheckConfig) -> bool:
    """Whether a link is not to be asked for."""
    return any(fnmatchcase(url, pattern) for pattern in settings.ignore)


def fault(url: str) -> str:
    """Return what keeps a link from being an address; "" for nothing."""
    try:
        urlsplit(url)
    except ValueError as error:
        return f"is no address ({error})"
    return ""


def asked_for(url: str, settings: LinkcheckConfig) -> str:
    """Return the address that is asked for: with the place in the page, if that is checked."""
    return url if settings.anchors else urldefrag(url).url


def complaint(link: Link, answer: Answer) -> BookError:
    """Return what is wrong with a link, and the way out."""
    says = {
        "moved": f"moved for good: write {answer.said}",
        "refused": f"isn't shown to programs ({answer.said}): look at it yourself, and then name "
        "it under ignore in [linkcheck]",
    }
    message = says.get(answer.state, f"{answer.said}: {WAY_OUT}")
    return BookError(f"link {link.url}: {message}", link.path, link.line)


def check_network(answers: Sequence[Answer], urls: Sequence[str]) -> None:
    """Raise one error if there is no network, in place of one for each link."""
    hosts = {host_of(url) for url in urls}
    if len(hosts) > 1 and all(answer.state == "unreachable" for answer in answers):
        raise BookError(
            f"linkcheck: none of {len(hosts)} hosts can be reached ({answers[0].said}): links are "
            "checked on the web, so try again when this machine is connected to it"
        )


def summary(answers: Mapping[str, Answer], *, asked: int) -> str:
    """Say how many links there are, and how many of them were asked for now."""
    hosts = counted(len({host_of(url) for url in answers}), "host")
    states = Counter(answer.state for answer in answers.values())
    text = f"{counted(len(answers), 'link')} to {hosts} checked"
    if refused := states["refused"]:
        text += f", {refused} not shown to programs"
    before = len(answers) - asked
    return f"{text} ({before} of them within the week before)" if before else text


def ask_all(urls: Iterable[str], settings: LinkcheckConfig, answers: Answers) -> None:
    """Ask for links, and put what came of each with the answers."""
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[host_of(url)].append(url)
    stop = threading.Event()

    def ask_host(urls: Sequence[str]) -> None:
        with HostAsker(settings) as asker:
            for url in urls:
                if not stop.is_set():
                    answers[url] = asker.ask(url)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            list(pool.map(ask_host, by_host.values()))
        finally:
            stop.set()


def host_of(url: str) -> str:
    """Return the host, and port, that a link names."""
    return urlsplit(url).netloc.lower()


class HostAsker:
    """Asks one host, by one connection as far as it allows that; to be closed."""

    def __init__(self, settings: LinkcheckConfig) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.headers["User-Agent"] = AGENT
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=RETRIES))

    def __enter__(self) -> "HostAsker":
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()

    def ask(self, url: str) -> Answer:
        """Ask for a link: for its page alone, if that will do."""
        page, anchor = urldefrag(url)
        try:
            with self._request("HEAD", page) as response:
                brief = read(response)
            if brief.state == "broken" or (brief.state == "refused" and brief.said != TOO_MANY):
                with self._request("GET", page) as response:  # hosts may not know HEAD
                    brief = read(response)
            if anchor and self._settings.anchors and brief.state in ("works", "moved"):
                with self._request("GET", page) as response:
                    if not has_place(response, anchor):
                        return Answer("broken", f"the page has no place #{anchor}")
            return brief
        except requests.RequestException as error:
            return failure(error)
        except ValueError as error:  # of what the host sends programs on to
            return Answer("broken", f"leads to no address ({error})")

    def _request(self, method: str, url: str) -> requests.Response:
        return self._session.request(
            method,
            url,
            timeout=self._settings.timeout,
            allow_redirects=host_of(url) != DOI,
            stream=True,
        )


def read(response: requests.Response) -> Answer:
    """Return what a response says of a link."""
    status = response.status_code
    if status in REFUSED:
        return Answer("refused", titled(status))
    if status >= 400:
        return Answer("broken", titled(status))
    steps = [step.status_code for step in response.history]
    if steps and all(step in MOVED_FOR_GOOD for step in steps):
        return Answer("moved", response.url)
    return Answer("works")


def titled(status: int) -> str:
    """Return a status with its name: 404 Not Found."""
    names = {one.value: one.phrase for one in HTTPStatus}
    return f"{status} {names.get(status, '')}".strip()


def has_place(response: requests.Response, anchor: str) -> bool:
    """Whether a page has a place of that name; other files than HTML have all."""
    if "html" not in response.headers.get("Content-Type", ""):
        return True
    try:
        page = html.fromstring(response.content)
    except etree.ParserError:  # an empty page
        return False
    names = {anchor, unquote(anchor)}
    return any(names & {element.get("id"), element.get("name")} for element in page.iter())


def failure(error: requests.RequestException) -> Answer:
    """Return why there is no response."""
    if isinstance(error, requests.Timeout):
        return Answer("unreachable", "the host doesn't answer in time")
    if isinstance(error, requests.exceptions.SSLError):
        return Answer("broken", f"the connection isn't safe: {reason(error)}")
    if isinstance(error, requests.ConnectionError):
        return Answer("unreachable", reason(error))
    return Answer("broken", reason(error))


def reason(error: requests.RequestException) -> str:
    """Return the innermost message of an error, without numbers and objects."""
    inner = getattr(error.args[0], "reason", error) if error.args else error
    text = str(inner).rpartition(">: ")[2].rpartition("): ")[2] or type(error).__name__
    return re.sub(r"\[Errno -?\d+\] ", "", text)


def remembered(memory: Path) -> Answers:
    """Return the answers of the week before; those of a file that isn't whole are forgotten."""
    try:
        kept = json.loads(memory.read_bytes())
        answers = {url: Answer(**answer) for url, answer in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return {url: answer for url, answer in answers.items() if answer.is_fresh}


def remember(memory: Path, answers: Mapping[str, Answer]) -> None:
    """Keep good answers for the next time."""
    kept = {url: asdict(answer) for url, answer in sorted(answers.items()) if answer.is_fresh}
    write_atomically(memory, json.dumps(kept, indent=1).encode())
