"""Molecule and system files: each broken rule is one line with the value, the place and the remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import load_molecule
from harness.errors import InputError
from harness.tasks.spins.systems.system_file import load_toml

GOOD = """
schema = "spin-molecule-1"
name = "test"
tagged_spin = "A"
[[spin]]
label = "A"
shift_ppm = 3.0
[[spin]]
label = "B1"
shift_ppm = 1.0
group = "B"
[[spin]]
label = "B2"
shift_ppm = 1.0
group = "B"
[couplings_hz]
"A B" = 7.0
"""


def written(folder: Path, text: str, name: str = "case.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_groups_expand_and_labels_override(tmp_path: Path) -> None:
    text = GOOD + '"A B2" = 7.5\n"B B" = -12.5\n'
    molecule = load_molecule(written(tmp_path, text))
    np.testing.assert_array_equal(molecule.couplings_hz, [[0, 7, 7.5], [7, 0, -12.5], [7.5, -12.5, 0]])
    reordered = GOOD.replace('"A B" = 7.0', '"B2 A" = 7.5\n"B1 B2" = -12.5\n"B A" = 7.0')
    np.testing.assert_array_equal(load_molecule(written(tmp_path, reordered)).couplings_hz, molecule.couplings_hz)


BROKEN = {
    "schema": (GOOD.replace("molecule-1", "molecule-9"), ["'spin-molecule-9'", "'spin-molecule-1'"]),
    "no schema": (GOOD.replace('schema = "spin-molecule-1"', ""), ["schema None"]),
    "unknown spin": (GOOD.replace('"A B"', '"A C"'), ["coupling 'A C'", "no spin or group 'C'", "known: A, B"]),
    "shift without unit": (GOOD.replace("shift_ppm = 3.0", "shift = 3.0"), ["[[spin]] 1", "'shift'", "'shift_ppm'"]),
    "missing unit of the couplings": (GOOD.replace("couplings_hz", "couplings"), ["'couplings'", "'couplings_hz'"]),
    "duplicate label": (GOOD.replace('"B2"', '"B1"'), ["label 'B1'", "twice"]),
    "label and group": (GOOD.replace('"B1"', '"B"'), ["'B'", "both a label and a group"]),
    "space in a label": (GOOD.replace('"B1"', '"B 1"'), ["'B 1'", "no spaces"]),
    "shift missing": (GOOD.replace("shift_ppm = 3.0\n", ""), ["'shift_ppm'", "'A'", "missing"]),
    "shift a string": (GOOD.replace("shift_ppm = 3.0", 'shift_ppm = "3"'), ["shift_ppm = '3'", "'A'", "finite number"]),
    "shift nan": (GOOD.replace("shift_ppm = 3.0", "shift_ppm = nan"), ["shift_ppm = nan", "finite"]),
    "shift true": (GOOD.replace("shift_ppm = 3.0", "shift_ppm = true"), ["shift_ppm = True", "finite"]),
    "shift huge": (GOOD.replace("shift_ppm = 3.0", f"shift_ppm = {10**400}"), ["finite"]),
    "coupling inf": (GOOD.replace("= 7.0", "= inf"), ["A B = inf", "[couplings_hz]", "finite"]),
    "three names": (GOOD.replace('"A B"', '"A B B"'), ["'A B B'", "two names"]),
    "twice": (GOOD + '"B A" = 6.0\n', ["'B A'", "'A B' gives the same pair"]),
    "twice by label": (GOOD + '"A B1" = 6.0\n"B1 A" = 5.0\n', ["same pair"]),
    "with itself": (GOOD + '"A A" = 6.0\n', ["'A A'", "itself"]),
    "unknown isotope": (GOOD.replace('label = "A"', 'label = "A"\nisotope = "14N"'), ["'14N'", "'A'", "13C"]),
    "unknown tag": (GOOD.replace('tagged_spin = "A"', 'tagged_spin = "X"'), ["tagged_spin 'X'", "A, B1, B2"]),
    "unknown observed": ('observed = "13C"\n' + GOOD, ["observed '13C'", "1H"]),
    "unknown key": ("colour = 1\n" + GOOD, ["'colour'", "known keys"]),
    "no spins": ('schema = "spin-molecule-1"\nname = "x"\n', ["no [[spin]]"]),
    "couplings no table": (
        "couplings_hz = 3\n" + GOOD.split("[couplings_hz]")[0],
        ["couplings_hz = 3", "table"],
    ),
    "conditions no table": ("conditions = 3\n" + GOOD, ["conditions = 3", "table"]),
    "status word": (GOOD + '[source.status]\n"A" = "guessed"\n', ["'guessed'", "'A'", "placeholder"]),
    "status of nothing": (GOOD + '[source.status]\n"Q" = "dft"\n', ["'Q'", "no such"]),
    "no TOML": ("a = = 1", ["not valid TOML"]),
    "nested": ("a = " + "[" * 5000, ["not valid TOML"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_molecule_files(tmp_path: Path, case: str) -> None:
    text, words = BROKEN[case]
    with pytest.raises(InputError) as caught:
        load_molecule(written(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message
    assert "case.toml" in message
    for word in words:
        assert word in message


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is UTF-16 text"):
        load_molecule(path)


SYSTEM = "offsets_hz = [10.0, -35]\ncouplings_hz = [[0, 7.2], [7.2, 0]]\n"


def test_system_file(tmp_path: Path) -> None:
    text = (
        SYSTEM + 'labels = ["A", "X"]\nisotopes = ["1H", "13C"]\nobserved = "13C"\ntagged_spin = "X"\nname = "pair"\n'
    )
    system = load_toml(written(tmp_path, text))
    assert system.offsets_hz.tolist() == [10.0, -35.0]  # type: ignore[union-attr]
    assert (system.observed, system.tagged_spin, system.name) == ("13C", 1, "pair")
    assert load_toml(written(tmp_path, SYSTEM + "tagged_spin = 1")).tagged_spin == 1


BROKEN_SYSTEMS = {
    "asymmetric": ("offsets_hz = [1, 2]\ncouplings_hz = [[0, 7], [8, 0]]", ["couplings_hz[0, 1] = 7", "symmetric"]),
    "diagonal": ("offsets_hz = [1, 2]\ncouplings_hz = [[1, 7], [7, 0]]", ["[0, 0] = 1", "diagonal"]),
    "size": ("offsets_hz = [1, 2]\ncouplings_hz = [[0]]", ["(2, 2)"]),
    "ragged": ("offsets_hz = [1, 2]\ncouplings_hz = [[0, 1], [1]]", ["row 1 has 1 numbers where row 0 has 2"]),
    "nan": ("offsets_hz = [1, nan]\ncouplings_hz = [[0, 1], [1, 0]]", ["offsets_hz[1] = nan", "finite"]),
    "string": ('offsets_hz = [1, "2"]\ncouplings_hz = [[0, 1], [1, 0]]', ["'2'", "not a number"]),
    "bool": ("offsets_hz = [1, true]\ncouplings_hz = [[0, 1], [1, 0]]", ["True", "not a number"]),
    "no unit": ("offsets = [1, 2]\ncouplings_hz = [[0, 1], [1, 0]]", ["'offsets'", "'offsets_hz'"]),
    "no couplings": ("offsets_hz = [1, 2]", ["'couplings_hz'", "list of numbers"]),
    "empty": ("offsets_hz = []\ncouplings_hz = []", ["at least one spin"]),
    "labels": (SYSTEM + 'labels = ["A", "A"]', ["'A'", "twice"]),
    "labels type": (SYSTEM + 'labels = "AB"', ["labels = 'AB'", "list"]),
    "isotopes": (SYSTEM + 'isotopes = ["1H", "2H"]', ["'2H'", "13C"]),
    "observed": (SYSTEM + 'observed = "13C"', ["'13C'", "no spin has it"]),
    "tag": (SYSTEM + "tagged_spin = 2", ["tagged_spin = 2", "0 to 1"]),
    "tag label": (SYSTEM + 'tagged_spin = "Q"', ["'Q'", "known"]),
    "tag float": (SYSTEM + "tagged_spin = 1.0", ["tagged_spin = 1.0", "index"]),
    "neither": ("a = 1", ["neither a molecule", "nor a system"]),
}


@pytest.mark.parametrize("case", BROKEN_SYSTEMS)
def test_broken_system_files(tmp_path: Path, case: str) -> None:
    text, words = BROKEN_SYSTEMS[case]
    with pytest.raises(InputError) as caught:
        load_toml(written(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message
    assert "case.toml" in message
    for word in words:
        assert word in message
