"""The web server of ``d2lbook serve``: a folder, and a script that keeps its pages up to date.

The script is added to pages as they are sent, and asks for a stream of news: which version of the
site there is, and what is wrong with the book. The files themselves know nothing of it.
"""

import errno
import io
import json
import sys
import threading
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from d2lbook.errors import CallError

SCRIPT = resources.files("d2lbook") / "templates" / "reload.js"
SCRIPT_URL, NEWS_URL = "/-/reload.js", "/-/news"
HEARTBEAT = 10.0
"""Seconds after which a silent stream says something, to find out whether anyone listens."""
PORTS = 20
"""How many ports are tried."""
MISSING = """<!doctype html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>%(code)d</title>
<body style="font: 1.2rem/1.5 system-ui; margin: 20vh auto; max-width: 30em; padding: 0 1em">
<p>The site has no such page, or doesn't have it yet.</p>
"""


@dataclass(frozen=True)
class Mistake:
    """An error of the book as a page shows it."""

    place: str
    """`file:line`, or as much of it as is known."""
    message: str


@dataclass(frozen=True)
class News:
    """What the pages in browsers are told."""

    version: str
    """Of the site; a page of another version is loaded again."""
    summary: str = ""
    """How many errors there are."""
    mistakes: tuple[Mistake, ...] = ()


class Server(ThreadingHTTPServer):
    """Serves a folder to browsers on this machine, in threads of its own."""

    daemon_threads = True

    def __init__(self, host: str, port: int, folder: Path) -> None:
        super().__init__((host, port), Handler)
        self.folder = folder
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.server_port}"
        """Where a browser on this machine finds it."""
        self._news = News("")
        self._told = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """End, whatever browsers still listen to."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def tell(self, news: News) -> None:
        """Tell the pages what is new."""
        with self._told:
            self._news = news
            self._told.notify_all()

    def news(self, known: News | None = None) -> News:
        """Return the news: at once where they aren't known, else when they change or in a while."""
        with self._told:
            self._told.wait_for(lambda: self._news != known, HEARTBEAT)
            return self._news

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless the browser has just gone away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(SimpleHTTPRequestHandler):
    """Answers one request."""

    server: Server

    def __init__(self, request: Any, client_address: Any, server: Server) -> None:
        super().__init__(request, client_address, server, directory=str(server.folder))

    def do_GET(self) -> None:
        """Send a file, the script, or the news as long as the browser listens."""
        url = urlsplit(self.path).path
        if url == NEWS_URL:
            self.stream_news()
        elif url == SCRIPT_URL:
            self.wfile.write(self.head(SCRIPT.read_bytes(), "text/javascript").getvalue())
        else:
            super().do_GET()

    def send_head(self) -> Any:
        """Send the head of a file and return its content; a page ends with the script."""
        path = Path(self.translate_path(self.path))
        if self.path.endswith("/"):
            path /= "index.html"
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        return self.head(path.read_bytes() + self.script_tag().encode(), "text/html; charset=utf-8")

    def head(self, content: bytes, kind: str) -> io.BytesIO:
        """Send the head of a content and return it."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def script_tag(self) -> str:
        """Return the element that loads the script into a page of this version."""
        version = self.server.news().version
        data = f'data-news="{NEWS_URL}" data-version="{version}"'
        return f'<script src="{SCRIPT_URL}" {data}></script>\n'

    def stream_news(self) -> None:
        """Send the news, and again when there are others, until the browser goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        known = None
        while True:
            news = self.server.news(known)
            line = ":" if news == known else f"data: {json.dumps(asdict(news))}"
            self.wfile.write(f"{line}\n\n".encode())
            known = news

    def end_headers(self) -> None:
        """End the head; whatever is sent may change at any time."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send a page that says so, and that is loaded again when the site changes."""
        self.error_message_format = MISSING + self.script_tag()
        super().send_error(code, message, explain)

    def list_directory(self, path: Any) -> None:
        """Show no folder's content: the published site doesn't either."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Leave the terminal to what the author has to know."""


def listen(folder: Path, host: str, port: int, *, exactly: bool) -> Server:
    """Return a server on a port, or on the next one that is free.

    Args:
        folder: what it serves.
        host: the address to listen on.
        port: the port.
        exactly: take no other port.

    Raises:
        CallError: it can't listen there.
    """
    last = port if exactly else min(port + PORTS, 65536) - 1
    while True:
        try:
            return Server(host, port, folder)
        except (OSError, OverflowError, UnicodeError) as error:
            taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if not taken or port == last:
                hint = ": name another with --port" if taken else ""
                reason = getattr(error, "strerror", None) or str(error)
                raise CallError(f"can't serve on {host}:{port} ({reason}){hint}") from None
            port += 1
