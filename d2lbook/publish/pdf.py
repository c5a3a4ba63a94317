"""`build pdf`: the book in print, one file a tab, through Sphinx, XeLaTeX and latexmk."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError, BookErrors, nearest
from d2lbook.files import write_atomically
from d2lbook.publish import fonts
from d2lbook.publish.editions import Editions, edition_name, edition_title
from d2lbook.publish.latexlog import PLACE, findings
from d2lbook.run.slots import usable_cores

STYLE_FILE = resources.files("d2lbook") / "templates" / "latex" / "d2lbook.sty"
TOOLS = ("latexmk", "xelatex", "kpsewhich", "fc-match", "rsvg-convert")
"""Programs that a PDF takes."""
PACKAGES = (
    "texlive-xetex texlive-latex-extra texlive-fonts-recommended latexmk fontconfig fonts-texgyre "
    "fonts-texgyre-math fonts-dejavu-core fonts-freefont-otf librsvg2-bin"
)
"""Debian packages that have them, and the fonts."""
STEM = "book"
"""Name of LaTeX's files."""
LATEXMK = (
    "latexmk",
    "-xelatex",
    "-interaction=nonstopmode",
    "-file-line-error",
    "-no-shell-escape",
    "-norc",
    "-silent",
    "-e",
    "$makeindex = 'makeindex -s python.ist %O -o %D %S'",
)
LOG_WIDTH = {"max_print_line": "10000"}
"""Tells TeX to leave the lines of its log whole."""


@dataclass(frozen=True)
class Format:
    """A format of printed books."""

    geometry: str
    """Options of LaTeX's package of that name."""
    sides: str
    text_size: str
    code_size: str
    """So that 80 columns of code fit the width of the text."""


STYLES: Mapping[str, Format] = {
    "a4": Format("a4paper,textwidth=142mm,top=26mm,bottom=28mm", "oneside", "11pt", "8.1pt"),
    "letter": Format(
        "letterpaper,textwidth=142mm,top=24mm,bottom=25mm", "oneside", "11pt", "8.1pt"
    ),
    "cambridge": Format(
        "paperwidth=174mm,paperheight=247mm,textwidth=130mm,top=21mm,bottom=23mm,inner=23mm",
        "twoside",
        "10pt",
        "7.4pt",
    ),
}
"""What `[pdf] style` may be."""


def build(editions: Editions, tabs: Sequence[str]) -> list[Path]:
    """Build the PDF of each tab and return the files.

    LaTeX sets those of earlier tabs while Sphinx writes later ones.

    Raises:
        BookError: a program or font is missing, Sphinx or LaTeX complains and `warning_is_error`
            is set, or one of them can't finish.
    """
    check_tools()
    looks = looks_of(editions)
    with ThreadPoolExecutor(usable_cores()) as pool:
        try:
            started = [pool.submit(typeset, written(editions, tab, looks)) for tab in tabs]
            wait(started)
        except BaseException:  # Ctrl-C, too: what LaTeX hasn't begun it needn't
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    files, errors = [], []
    for tab, job in zip(tabs, started, strict=True):
        try:
            files.append(published(editions, tab, job.result()))
        except BookError as error:  # which must not hide what is wrong with the others
            errors.append(error)
    if errors:
        raise BookErrors(errors)
    return files


def check_tools() -> None:
    """Raise `BookError` if a program is missing."""
    if lost := [name for name in TOOLS if not shutil.which(name)]:
        raise BookError(
            f"a PDF takes {', '.join(lost)}, which can't be found: install these Debian packages "
            f"(as root: apt-get install {PACKAGES})"
        )


def looks_of(editions: Editions) -> dict[str, object]:
    """Return how all editions look, as `d2lbook.sphinx_ext.editions.latex` reads it."""
    config = editions.book.config
    style = config.pdf.style or "a4"
    if style not in STYLES:
        known = f"(only {', '.join(STYLES)}){nearest(style, STYLES)}"
        editions.report(f"{CONFIG_FILE}: [pdf] style: there is no style {style!r} {known}")
    return {
        "fonts": chosen_fonts(editions),
        "format": asdict(STYLES.get(style, STYLES["a4"])),
        "title": config.title or config.name,
        "author": config.author,
        "copyright": config.copyright,
        "logo": str(logo(config)) if config.pdf.latex_logo else "",
        "stem": STEM,
        "style_file": str(STYLE_FILE),
    }


def logo(config: BookConfig) -> Path:
    """Return the logo of the title page in a format that LaTeX takes."""
    given = config.root / config.pdf.latex_logo
    if not given.is_file():
        raise BookError(f"[pdf] latex_logo: there is no {config.pdf.latex_logo}", CONFIG_FILE)
    if given.suffix.lower() != ".svg":
        return given
    config.output_dir.mkdir(parents=True, exist_ok=True)
    made = config.output_dir / "latex-logo.pdf"
    command = ["rsvg-convert", "--format=pdf", f"--output={made}", str(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"[pdf] latex_logo: {config.pdf.latex_logo}: {done.stderr.strip()}"
        raise BookError(message, CONFIG_FILE)
    return made


def chosen_fonts(editions: Editions) -> dict[str, str]:
    """Return the fonts by role: those of `[pdf]`, where they are there, and ours."""
    pdf = editions.book.config.pdf
    wanted = {"main": pdf.main_font, "sans": pdf.sans_font, "mono": pdf.mono_font}
    chosen = {"math": fonts.MATH}
    for role, ours in (("main", fonts.MAIN), ("sans", fonts.SANS), ("mono", fonts.MONO)):
        chosen[role] = wanted[role] if wanted[role] and fonts.find(wanted[role]) else ours
        if wanted[role] not in ("", chosen[role]):
            message = f"there is no font {wanted[role]!r} on this machine: {ours} is used"
            editions.report(f"{CONFIG_FILE}: [pdf] {role}_font: {message}")
    if lost := [name for name in chosen.values() if not fonts.find(name)]:
        raise BookError(
            f"a PDF takes the fonts {', '.join(lost)}, which aren't there: install these Debian "
            f"packages (as root: apt-get install {PACKAGES})"
        )
    return chosen


def written(editions: Editions, tab: str, looks: Mapping[str, object]) -> Path:
    """Have Sphinx write the LaTeX of an edition; return its folder."""
    config = editions.book.config
    folder = config.stage_dir("latex", tab)
    settings = {"d2l_print": {**looks, "edition": edition_title(tab)}}
    editions.build("latex", tab, folder, settings)
    if config.pdf.post_latex:
        post_process(config.root / config.pdf.post_latex, folder / f"{STEM}.tex")
    return folder


def post_process(script: Path, tex: Path) -> None:
    """Let the author's script change a LaTeX file; raises `BookError` where it fails."""
    command = [sys.executable, str(script), str(tex)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BookError(f"[pdf] post_latex: {script} failed: {done.stderr.strip()}", CONFIG_FILE)


def typeset(folder: Path) -> tuple[Path, bool]:
    """Have LaTeX set a book; return its folder, and whether LaTeX has finished without an error."""
    done = subprocess.run(
        [*LATEXMK, f"{STEM}.tex"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=os.environ | LOG_WIDTH,
    )
    if done.returncode:
        (folder / f"{STEM}.fdb_latexmk").unlink(missing_ok=True)  # so that it is tried again
    return folder, done.returncode == 0


def published(editions: Editions, tab: str, result: tuple[Path, bool]) -> Path:
    """Copy a finished PDF to where readers find it; say what LaTeX complains of."""
    folder, is_done = result
    config = editions.book.config
    log, tex = (read_text(folder / f"{STEM}.{suffix}") for suffix in ("log", "tex"))
    paths = {page.docname: page.path for page in editions.book.pages}
    found = list(findings(log, tex, paths))
    if not is_done:
        errors = [one.error for one in found if one.is_fatal]
        name = edition_name(config, tab)
        where = f"its log is {folder / STEM}.log, the LaTeX {folder / STEM}.tex"
        said = "" if errors else f" ({last_words(log)})"
        raise BookErrors([*errors, BookError(f"LaTeX can't set {name}.pdf{said}: {where}")])
    target = config.stage_dir("pdf") / f"{edition_name(config, tab)}.pdf"
    write_atomically(target, (folder / f"{STEM}.pdf").read_bytes())
    for page in editions.book.pages:
        is_left_out = page.docname == config.index or not (page.in_tab(tab) or tab == "")
        if not is_left_out and f"\n{PLACE}{page.docname}:" not in tex:
            editions.report(f"{page.path}: no table of contents lists it, so the PDF lacks it")
    editions.judge(one.error for one in found)
    return target


def read_text(path: Path) -> str:
    """Return a text as far as it is there and makes sense."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def last_words(log: str) -> str:
    """Return what a log ends with: why LaTeX has stopped, if no line of the book is to blame."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith("!")]
    return "; ".join(fatal[:3] or lines[-3:]) or "it has written no log"
