"""Hints name a command that works here: in a clone, and beside an installed wheel."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from harness import requirements
from harness.requirements import install_command, required

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
LINES = [f"{line}; extra == {extra!r}" for extra, lines in EXTRAS.items() for line in lines]


class Installed(Distribution):
    """An installed distribution with this ``direct_url.json`` (None: from an index or by hand)."""

    def __init__(self, about: dict | None) -> None:
        self.about = about

    def read_text(self, filename):
        if filename == "direct_url.json":
            return None if self.about is None else json.dumps(self.about)
        head = ["Metadata-Version: 2.1", "Name: spin-harness"]
        return "\n".join([*head, *(f"Requires-Dist: {line}" for line in self.lines)])

    def locate_file(self, path):
        return path

    lines = ("numpy>=2.0", "tomli>=2; python_version < '3'", *LINES)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch):
    def as_(about: dict | None) -> None:
        monkeypatch.setattr(requirements, "distribution", lambda name: Installed(about))

    return as_


def clone(folder: Path) -> dict:
    return {"url": folder.as_uri(), "dir_info": {"editable": True}}


def test_in_a_clone_its_extra_is_installed(installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a clone"
    place.mkdir()
    installed(clone(place))
    assert shlex.split(install_command("nmr")) == ["pip", "install", "-e", f"{place}[nmr]"]
    assert shlex.split(install_command()) == ["pip", "install", "-e", str(place)]
    monkeypatch.chdir(place)
    assert install_command("nmr") == "pip install -e '.[nmr]'"


@pytest.mark.parametrize(
    "about", [None, {"url": "file:///tmp/spin_harness.whl", "archive_info": {}}, {"url": "file:///x", "dir_info": {}}]
)
@pytest.mark.parametrize("extra", EXTRAS)
def test_next_to_a_wheel_the_packages_of_the_extra_are_named(installed, about, extra: str) -> None:
    installed(about)
    words = shlex.split(install_command(extra))
    assert words[:2] == ["pip", "install"]
    assert [str(Requirement(word)) for word in words[2:]] == [str(Requirement(line)) for line in EXTRAS[extra]]


def test_next_to_a_wheel_what_is_always_needed_is_named_without_the_extras(installed) -> None:
    installed(None)
    assert install_command() == "pip install 'numpy>=2.0'"


def test_a_checkout_that_is_not_installed_reads_its_own_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(requirements, "distribution", absent)
    assert shlex.split(install_command("nmr")) in (
        ["pip", "install", "-e", f"{ROOT}[nmr]"],
        ["pip", "install", "-e", ".[nmr]"],
    )
    assert str(required("peers", "Sparse")) == "sparse<0.16"
    assert required("peers", "numpy") is None


def test_nothing_names_an_extra_of_a_distribution_that_is_on_no_index() -> None:
    pages = [*(ROOT / "harness").rglob("*.py"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    named = re.compile(r"pip install '?spin-harness")
    assert named.search("pip install 'spin-harness[nmr]'")
    assert [path.name for path in pages if named.search(path.read_text("utf-8"))] == []
