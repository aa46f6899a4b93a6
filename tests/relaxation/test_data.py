"""Relaxation as data of a system: what changes an identity, what travels, and what is refused in one line."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from harness import SpinSystem, load_molecule
from harness.errors import InputError
from harness.tasks.spins.codec import system_from_json, system_to_json
from harness.tasks.spins.spinach.relaxation_cases import made
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import STANDARD_GRID
from harness.tasks.spins.systems.molecule_file import parse_molecule
from harness.tasks.spins.systems.relaxation import Relaxation
from harness.tasks.spins.systems.system_file import parse_system
from tests.relaxation.made import dipolar_pair

PLACES = [[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]]
FINGERPRINT = "17b4cf49bd3e94a1eeb1b4939a2c8d244db38cc1ea196b9fd8b88555eec2ed30"
FAMILY = "246311390e9533fb08bcae0362c47cfb545852c9e510921c25a7de758114fae0"
"""Of a system without relaxation, from before systems could have one."""
REDFIELD: dict[str, Any] = {"positions_angstrom": PLACES, "tau_c_s": 1e-10, "field_t": 9.4}


def test_without_relaxation_identities_are_what_they_were() -> None:
    system = SpinSystem([10.0, -35.0], [[0, 7.2], [7.2, 0]])
    assert system.fingerprint == FINGERPRINT
    assert Request.of(system, STANDARD_GRID).family == FAMILY


def test_relaxation_is_part_of_the_identity() -> None:
    plain = SpinSystem([10.0, -35.0], [[0, 7.2], [7.2, 0]])
    one = plain.with_(relaxation=Relaxation("damp", damp_rate_per_s=1.0))
    two = plain.with_(relaxation=Relaxation("damp", damp_rate_per_s=2.0))
    assert len({plain, one, two, one.with_()}) == 3
    assert len({Request.of(s, STANDARD_GRID).family for s in (plain, one, two)}) == 3


@pytest.mark.parametrize("model", ["damp", "t1_t2", "redfield"])
def test_it_survives_pickle_and_json(model: str) -> None:
    system = made(model, 3, 3)
    assert pickle.loads(pickle.dumps(system)) == system
    assert system_from_json(system_to_json(system)) == system


def test_a_part_of_a_system_takes_its_rows_along() -> None:
    system = made("redfield", 4, 1)
    part = system.subsystem([3, 1])
    assert system.relaxation is not None
    assert part.relaxation is not None
    for name in ("positions_angstrom", "csa_ppm"):
        np.testing.assert_array_equal(getattr(part.relaxation, name), getattr(system.relaxation, name)[[3, 1]])


def test_arrays_are_read_only_copies() -> None:
    places = np.array(PLACES)
    relaxation = Relaxation.from_dict({"model": "redfield", **REDFIELD, "positions_angstrom": places})
    places[1] = 0.0
    assert relaxation.positions_angstrom is not None
    assert relaxation.positions_angstrom[1, 2] == 2.0
    with pytest.raises(ValueError, match="read-only"):
        relaxation.positions_angstrom[0, 0] = 1.0


def test_molecules_know_positions_and_field() -> None:
    system = load_molecule("strychnine").at(14.1, relaxation={"model": "redfield", "tau_c_s": 2e-10})
    assert system.relaxation is not None
    assert system.relaxation.positions_angstrom is not None
    assert system.relaxation.positions_angstrom.shape == (22, 3)
    assert (system.relaxation.field_t, system.relaxation.rlx_keep) == (14.1, "kite")
    valine = load_molecule("valine")
    assert "RDKit" in valine.citation["positions"]
    assert "lowest energy" in valine.citation["positions"]
    rates = valine.at(9.4, relaxation={"model": "t1_t2", "r1_per_s": 1.0, "r2_per_s": 2.0}).relaxation
    assert rates is not None
    assert rates.r1_per_s is not None
    assert rates.r1_per_s.tolist() == [1.0] * 8


def test_protons_of_amino_acids_are_where_chemistry_has_them() -> None:
    """Geminal protons are 1.7 to 1.9 Å apart, and no two are nearer."""
    for name in ("glycine", "alanine", "valine"):
        places = load_molecule(name).positions_angstrom
        assert places is not None
        distances = np.linalg.norm(places[:, None] - places[None], axis=-1)[np.triu_indices(len(places), 1)]
        assert 1.7 < distances.min() < 1.9


TENSOR = [[1.0, 2.0, 0.0], [2.1, 1.0, 0.0], [0.0, 0.0, -2.0]]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"model": "redfeld"}, "did you mean 'redfield'"),
        ({"model": "redfield", "tau_c_s": 1e-10, "field_t": 9.4}, "positions_angstrom is missing"),
        ({"model": "redfield", "positions_angstrom": PLACES, "field_t": 9.4}, "tau_c_s is missing"),
        ({"model": "redfield", "positions_angstrom": PLACES, "tau_c_s": 1e-10}, "field_t is missing"),
        ({"model": "redfield", **REDFIELD, "tau_c_s": -1e-10}, "tau_c_s = -1e-10 must be positive"),
        ({"model": "redfield", **REDFIELD, "rlx_keep": "kites"}, "did you mean 'kite'"),
        ({"model": "redfield", **REDFIELD, "positions_angstrom": [[0, 0, 0], [0, 0, 0.1]]}, "two spins at one place"),
        ({"model": "redfield", **REDFIELD, "positions_angstrom": [[0, 0], [0, 1]]}, "must be N x 3"),
        ({"model": "redfield", **REDFIELD, "positions_angstrom": [[0, 0, 0], [0, 0, np.nan]]}, "must be finite"),
        ({"model": "redfield", **REDFIELD, "csa_ppm": [TENSOR, TENSOR]}, "not symmetric"),
        ({"model": "redfield", **REDFIELD, "csa_ppm": [np.eye(3)]}, "one of each for every spin"),
        ({"model": "redfield", **REDFIELD, "r1_per_s": [1.0, 1.0]}, "does not use"),
        ({"model": "redfield", **REDFIELD, "equilibrium": "dibari"}, "dibari' needs temperature_k"),
        ({"model": "damp"}, "damp_rate_per_s is missing"),
        ({"model": "damp", "damp_rate_per_s": -1.0}, "negative"),
        ({"model": "damp", "damp_rate": 1.0}, "the unit is missing: write 'damp_rate_per_s'"),
        ({"model": "t1_t2", "r1_per_s": [1.0], "r2_per_s": [0.4]}, "below R1/2"),
        ({"model": "t1_t2", "r1_per_s": [1.0, 2.0], "r2_per_s": [2.0]}, "one of each for every spin"),
        ({"model": "t1_t2", "r1_per_s": [-1.0], "r2_per_s": [2.0]}, "negative"),
        ({"model": "t1_t2", "r1_per_s": "fast", "r2_per_s": [2.0]}, "not a rectangular array"),
        ({"damp_rate_per_s": 1.0}, "model is missing"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(stated: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        Relaxation.from_dict(stated)
    assert "\n" not in str(caught.value)


def test_data_for_another_number_of_spins_are_refused() -> None:
    with pytest.raises(InputError, match="data for 2 spins where the system has 1"):
        SpinSystem([0.0], [[0.0]], relaxation=Relaxation("redfield", **REDFIELD))


def test_a_molecule_without_positions_says_so() -> None:
    with pytest.raises(InputError, match=r"leucine.*needs positions"):
        load_molecule("leucine").at(14.1, relaxation={"model": "redfield", "tau_c_s": 1e-10})
    with pytest.raises(InputError, match="field_t is that of the molecule"):
        load_molecule("glycine").at(14.1, relaxation={"model": "redfield", "tau_c_s": 1e-10, "field_t": 9.4})


def test_molecule_files_give_positions_to_every_spin_or_none() -> None:
    data = {"schema": "spin-molecule-1", "name": "two", "spin": [
        {"label": "A", "shift_ppm": 1.0, "position_angstrom": [0.0, 0.0, 0.0]}, {"label": "B", "shift_ppm": 2.0},
    ]}  # fmt: skip
    with pytest.raises(InputError, match=r"\[\[spin\]\] 2 of two.toml is missing"):
        parse_molecule(data, "two.toml")
    data["spin"][1]["position_angstrom"] = [0.0, 1.0]
    with pytest.raises(InputError, match="must be 3 finite numbers"):
        parse_molecule(data, "two.toml")


def test_system_files_hold_a_relaxation() -> None:
    data = {"offsets_hz": [1.0], "couplings_hz": [[0.0]], "relaxation": {"model": "damp", "damp_rate_per_s": 2.0}}
    relaxation = parse_system(data, "one.toml").relaxation
    assert relaxation is not None
    assert relaxation.damp_rate_per_s == 2.0
    data["relaxation"] = {"model": "damp"}
    with pytest.raises(InputError, match=r"one\.toml: .*damp_rate_per_s is missing"):
        parse_system(data, "one.toml")


def test_requests_refuse_what_spinach_cannot_do() -> None:
    pair = dipolar_pair()
    with pytest.raises(InputError, match="sphten-liouv"):
        Request.of(pair, STANDARD_GRID, options=SpinachOptions(magnet_t=14.1))
    with pytest.raises(InputError, match="both the same field"):
        Request.of(pair, STANDARD_GRID, options=SpinachOptions("sphten-liouv"))
