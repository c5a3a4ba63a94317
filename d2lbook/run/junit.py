"""The JUnit file of a run, for continuous integration."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from d2lbook.files import write_atomically
from d2lbook.run.evaluate import Result

NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """Write one test case for each notebook: classes are tabs, names are pages.

    Raises:
        BookError: no room or no permission.
    """
    suite = ElementTree.Element(
        "testsuite",
        name="d2lbook eval",
        tests=str(len(results)),
        failures=str(sum(result.state == "failed" for result in results)),
        skipped=str(sum(result.state == "skipped" for result in results)),
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.tab or "book",
            name=result.page,
            time=f"{result.seconds:.3f}",
        )
        if result.error:
            headline = str(result.error).partition("\n")[0]
            failure = ElementTree.SubElement(case, "failure", message=_printable(headline))
            failure.text = _printable(str(result.error))
        elif result.state == "skipped":
            ElementTree.SubElement(case, "skipped")
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    write_atomically(path, text + b"\n")


def _printable(text: str) -> str:
    """Return text with a mark in place of the characters that XML can't hold."""
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
