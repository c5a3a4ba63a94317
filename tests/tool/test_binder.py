"""`.binder/`: what Binder makes its environment of fits the rest of the repository."""

import os
import re
import shlex
import subprocess
from importlib.metadata import distribution
from pathlib import Path

from packaging.specifiers import SpecifierSet

from d2lbook.cli import parser
from d2lbook.config import load_config
from d2lbook.run.kernels import CAPS

ROOT = Path(__file__).parents[2]
BINDER = ROOT / ".binder"


def lines(name):
    text = (BINDER / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_python_is_one_that_the_library_runs_on():
    (runtime,) = lines("runtime.txt")
    allowed = SpecifierSet(distribution("d2l").metadata["Requires-Python"])
    assert runtime.removeprefix("python-") in allowed


def test_requirements_name_extras_and_files_that_there_are():
    *_, constraints, project = lines("requirements.txt")
    extras = re.fullmatch(r"\.\[(.+)\]", project)[1].split(",")
    assert {*extras} <= {*distribution("d2l").metadata.get_all("Provides-Extra")}
    assert {"pytorch", "jax", "book"} == {*extras}
    assert (BINDER / constraints.removeprefix("-c ")).is_file()


def test_scripts_can_be_run():
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK), name
        subprocess.run(["bash", "-n", BINDER / name], check=True)


def test_notebooks_are_written_for_the_tabs_that_are_installed():
    commands = [shlex.split(line)[1:] for line in lines("postBuild") if line.startswith("d2lbook")]
    options = [parser().parse_args(command) for command in commands]
    config = load_config(ROOT)
    folders = [config.stage_dir("ipynb", tab) for one in options for tab in [one.tab]]
    assert [folder.relative_to(ROOT).as_posix() for folder in folders] == [
        "_build/ipynb",
        "_build/ipynb_jax",
    ]


def test_trainings_are_capped():
    caps = subprocess.check_output([BINDER / "start", "env"], text=True).splitlines()
    found = dict(line.partition("=")[::2] for line in caps if "=" in line)
    assert all(int(found[name]) > 0 for name in CAPS.values())
