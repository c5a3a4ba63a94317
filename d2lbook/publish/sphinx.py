"""Sphinx, in a process of its own that is ready before it is needed and can build many times."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from d2lbook.errors import BookError

WORKER = (sys.executable, "-P", "-m", "d2lbook.publish.worker")


class Sphinx:
    """A process that imports Sphinx while others prepare its work, and forks for each build.

    To be used in a `with` statement: at its end whatever still runs is killed, and so it is as soon
    as this process dies.
    """

    def __init__(self) -> None:
        self._worker = start_worker()

    @property
    def process_id(self) -> int:
        """The process, which leads a group of all that it starts."""
        return self._worker.pid

    def __enter__(self) -> "Sphinx":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def build(
        self,
        builder: str,
        source: Path,
        target: Path,
        *,
        fresh: bool = False,
        settings: Mapping[str, object] = MappingProxyType({}),
    ) -> str:
        """Build and return Sphinx's warnings.

        Args:
            builder: Sphinx's name for the format.
            source: the folder that holds `conf.py`; what Sphinx remembers is kept beside it.
            target: the folder to write to.
            fresh: read and write every page, whatever an earlier build left.
            settings: configuration values, in place of those in `conf.py`.

        Raises:
            BookError: Sphinx can't finish.
        """
        log, warnings = source.with_name("sphinx.txt"), source.with_name("sphinx-warnings.txt")
        status = self._ask(
            {
                "builder": builder,
                "source": str(source),
                "target": str(target),
                "doctrees": str(source.with_name("doctrees")),
                "warnings": str(warnings),
                "log": str(log),
                "fresh": fresh,
                "settings": dict(settings),
            }
        )
        if status:
            said = log.read_text(encoding="utf-8", errors="replace").strip()
            reason = said or f"it ended with {status}"
            raise BookError(f"Sphinx could not build the {builder}: {reason}")
        return warnings.read_text(encoding="utf-8")

    def _end(self) -> str:
        """Kill the process and all that it started; return what it said on standard error."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process_id, signal.SIGKILL)
        return self._worker.communicate()[1]

    def _ask(self, request: dict[str, object]) -> int:
        """Have the worker run Sphinx, and return its exit status."""
        requests, answers = self._worker.stdin, self._worker.stdout
        assert requests is not None
        assert answers is not None
        with contextlib.suppress(BrokenPipeError):  # where it has ended, it gives no answer
            print(json.dumps(request), file=requests, flush=True)
        if answer := answers.readline():
            return int(answer)
        said = self._end().strip()
        self._worker = start_worker()  # for whoever asks again
        raise BookError(f"Sphinx has ended: {said or 'it was killed'}")


def start_worker() -> subprocess.Popen[str]:
    """Start the process, in a session of its own, so that Ctrl-C ends it through `Sphinx` alone."""
    return subprocess.Popen(
        WORKER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
