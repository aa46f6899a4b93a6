"""The library of spin systems: every one loads, by key, entry and name; damage and doubt are named."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from harness import load_molecule, simulate
from harness.cli import cli
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.spins.systems import TimeGrid
from harness.tasks.spins.systems.gissmo import library, read_library

ROOT = Path(__file__).resolve().parents[2]


def test_every_system_loads_and_is_symmetric():
    found = library()
    assert len(found.systems) == found.head["systems"] == 1080
    negative = total = 0
    for one in found.systems.values():
        system = one.molecule(found.head).at(11.74)
        assert len(system) == len(one)
        values = np.array([value for _, _, value in one.couplings_hz])
        negative, total = negative + int((values < 0).sum()), total + len(values)
    assert negative / total == pytest.approx(1 / 3, abs=0.05)


def test_by_key_by_entry_by_name():
    by_entry, by_key = load_molecule("bmse000052"), load_molecule("bmse000052_simulation_1")
    assert np.array_equal(by_entry.couplings_hz, by_key.couplings_hz)
    assert by_entry.citation["licence"] == "CC BY-SA 4.0"
    # The same measurement as the file of its own, which has atoms' names instead of numbers.
    own, grid = load_molecule("valine", "gissmo"), TimeGrid(100, 5e-4)
    one, two = (simulate(m.at(11.74, carrier_ppm=2.0), grid).mx for m in (own, by_entry))
    assert np.max(np.abs(one - two)) < 1e-9
    assert load_molecule("caffeine").name.casefold() == "caffeine"


def test_an_entry_of_several_systems_asks_for_one():
    with pytest.raises(InputError, match="bmse000015_alpha, bmse000015_beta, bmse000015_simulation_1"):
        load_molecule("bmse000015")
    assert len(load_molecule("bmse000015_alpha")) == 7
    assert load_molecule("bmse000015_alpha").name == "bmse000015_alpha", "it has no name of its own"


@pytest.mark.parametrize(("name", "source"), [("bmse999999", None), ("cafeine", None), ("bmse000052", "govindaraju")])
def test_what_is_not_there_is_one_line(name, source):
    with pytest.raises(InputError) as caught:
        load_molecule(name, source)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="Caffeine"):
        load_molecule("Cafeine")


def test_a_changed_number_is_noticed(tmp_path: Path):
    text = (shared_folder("molecules") / "library.jsonl").read_text(encoding="utf-8")
    damaged = tmp_path / "library.jsonl"
    damaged.write_text(text.replace("3.026", "3.027", 1), encoding="utf-8")
    assert damaged.read_text(encoding="utf-8") != text
    with pytest.raises(InputError, match="checksum"):
        read_library(damaged)
    damaged.write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as a library"):
        read_library(damaged)


def test_the_tool_writes_what_is_there():
    """From the rows back to the format of the source, and through the tool again: the same file to the byte."""
    spec = importlib.util.spec_from_file_location("make_library", ROOT / "tools" / "gissmo" / "make_library.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    rows = []
    for one in library().systems.values():
        pairs = [[one.labels[i], one.labels[j], value] for i, j, value in one.couplings_hz]
        content = {"shifts_ppm": dict(zip(one.labels, one.shifts_ppm, strict=True)), "couplings_hz": pairs}
        rows.append(tool.row(one.key, content | ({"name": one.name} if one.name else {})))
    assert tool.text(rows) == (ROOT / "molecules" / "library.jsonl").read_text(encoding="utf-8")


def test_the_command_line():
    run = CliRunner().invoke
    assert "bmse000015_alpha" in run(cli, ["molecules", "search", "bmse000015"]).output
    found = json.loads(run(cli, ["molecules", "search", "glucose", "--json"]).output)
    assert all("glucose" in f"{one['key']} {one['name']}".casefold() for one in found)
    assert len(found) == 3
    shown = run(cli, ["molecules", "show", "bmse000052"]).output
    assert "8 spins" in shown
    assert "CC BY-SA 4.0" in shown
    assert "1080 systems" in run(cli, ["molecules", "list"]).output
    assert json.loads(run(cli, ["molecules", "show", "valine", "--json"]).output)["largest_part"] == 8
