"""The workflows: sound, careful with rights, and publishing nothing that is out of date."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from d2lbook.steps import STEPS

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = re.compile(r"actions/[\w-]+@v\d+")
TARGETS = re.compile(r"^([\w-]+):", re.MULTILINE)


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request):
    """Each workflow."""
    return yaml.load(request.param.read_text("utf-8"), yaml.BaseLoader)  # which keeps `on`


def steps(workflow):
    """All steps of a workflow."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def planned(target):
    """The commands of a target of the Makefile, as it stands."""
    command = ["make", "--dry-run", "--always-make", target]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_actionlint_has_nothing_to_say():
    command = [Path(sys.executable).with_name("actionlint"), "-no-color", *WORKFLOWS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


def test_rights_are_given_where_they_are_needed_alone(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        rights = {"pages": "write", "id-token": "write"} if name == "deploy" else None
        assert job.get("permissions") == rights
        assert "timeout-minutes" in job
    for step in steps(workflow):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] == "false"


def test_actions_are_github_s_own_and_pinned_by_major_version(workflow):
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [action for action in used if not ACTION.fullmatch(action)] == []


def test_runs_do_not_pile_up(workflow):
    assert workflow["concurrency"]["group"]


def test_a_deployment_is_not_cut_short():
    publish = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))
    assert publish["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    assert publish["jobs"]["deploy"]["needs"] == "build"


def test_workflows_run_targets_of_the_makefile(workflow):
    targets = TARGETS.findall((ROOT / "Makefile").read_text("utf-8"))
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert commands
    for command in commands:
        make, target = command.split()
        assert make == "make"
        assert target in targets


def test_nothing_is_built_for_publishing_before_the_records_are_checked():
    check, build = re.findall(r"d2lbook build (.*)", planned("publish"))
    assert "eval" in check.split()
    assert "--check --tab all" in check
    assert set(build.split()) == {"pdf", "epub", "pkg", "slides", "html", "--tab", "all"}
    order = list(STEPS)
    assert order.index("html") > max(map(order.index, ("pdf", "epub", "pkg", "slides")))


def test_a_program_that_is_there_needs_no_package(tmp_path):
    """Machines of GitHub have a Chromium of their own."""
    for name, status in (("dpkg", 1), ("chromium", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    command = ["/bin/sh", ROOT / "ci/system-packages", "chromium", "another-package"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    said = "Please install what these Debian packages hold: another-package\n"
    assert (done.stderr, done.returncode) == (said, 0)
