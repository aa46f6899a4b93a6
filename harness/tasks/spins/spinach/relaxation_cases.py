"""Systems that relax, to be computed by Spinach; part of the plan of the cache.

Forty random systems of each model, ten of each size from 2 to 5 spins, in a complete basis; glycine, alanine and valine
with each model at two fields; strychnine with Redfield's matrix in three bases. What is drawn: offsets up to ±100 Hz,
couplings up to ±15 Hz, places in a chain 2 Å apart, shift tensors of some 20 ppm for every other system, correlation
times from 20 ps to 5 ns, one 15N in every fifth Redfield system. The systems have in turn ``rlx_keep`` "kite" and
"secular", and every fourth ends at thermal equilibrium.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import Molecule, SpinSystem, TimeGrid, load_molecule
from harness.tasks.spins.systems.relaxation import MODELS, Relaxation

STORED = Path(__file__).with_name("relaxation_draws.json")
"""Places and correlation times of the Redfield systems, as they were drawn when Spinach computed them."""
ROLE = "relaxation"
ROLE_MOLECULE = "relaxation-molecule"
ROLE_WHOLE = "relaxation-whole"
SEED = 20261129
SIZES, DRAWS = (2, 3, 4, 5), 10
GRID = TimeGrid(256, 4e-3)
"""One second: in the slowest of the systems most of M has decayed by then."""
MOLECULE_GRID = TimeGrid(1024, 5e-4)
LARGE, LARGE_POINTS = 8, 200
"""Spins from which on a molecule is followed for 0.1 s: the complete basis of valine takes long."""
WHOLE_GRID = TimeGrid(8192, 1 / 6500)
FIELD_T, TEMPERATURE_K = 14.1, 298.0
SUMS_FIELD_T = 14.0
"""Field of the Redfield systems of 5 spins with "secular". Spinach compares sums of Larmor frequencies for
equality, and in floating point (3ω) - ω - ω is ω at this field, but not at 14.1 T: there it loses the elements between
such five-spin orders and the others, 2e-4 of M(0)."""
FIELDS_T = (9.4, 14.1)
MOLECULES = ("glycine", "alanine", "valine")
TAU_C_S = (2e-11, 5e-9)
WHOLE_TAU_C_S = 2e-10
FRAGMENT = ("H8", "H11a", "H11b", "H12", "H13", "H14")
FRAGMENT_LEVELS = (1, 2, 3, 0)
FRAGMENT_GRID = TimeGrid(4096, 1 / 6500)
DIPOLAR_DISTANCE_ANGSTROM = 2.0
MODEL_OF_MOLECULE: dict[str, dict[str, Any]] = {
    "damp": {"damp_rate_per_s": 2.0},
    "t1_t2": {"r1_per_s": 0.8, "r2_per_s": 2.0},
    "redfield": {"tau_c_s": 1e-10},
}
TRUNCATED = SpinachOptions("sphten-liouv", "IK-1", 4, space_level=2, rlx_integration=1e-4, rlx_zero=1e-10)
"""Valine with Redfield's matrix, which a complete basis of 65,536 states does not allow."""


def made(model: str, size: int, draw: int) -> SpinSystem:
    """One random system of ``size`` spins; each has a different seed."""
    rng = np.random.default_rng([SEED, MODELS.index(model), size, draw])
    couplings = np.triu(rng.uniform(-15, 15, (size, size)), 1)
    isotopes = ["1H"] * size
    stated: dict[str, Any] = {"rlx_keep": ("kite", "secular")[draw % 2]}
    if model == "damp":
        stated["damp_rate_per_s"] = rng.uniform(0.5, 5)
    elif model == "t1_t2":
        stated["r1_per_s"] = rng.uniform(0.3, 2, size)
        stated["r2_per_s"] = stated["r1_per_s"] + rng.uniform(0, 4, size)
    else:
        places = random_places(rng, size)
        drawn = {"positions_angstrom": places, "tau_c_s": float(np.exp(rng.uniform(*np.log(TAU_C_S))))}
        stated |= _as_stored(drawn, f"{size} spins draw {draw + 1}")
        stated["field_t"] = SUMS_FIELD_T if size > 4 and stated["rlx_keep"] == "secular" else FIELD_T
        if draw % 2:
            tensors = rng.normal(0, 10, (size, 3, 3))
            stated["csa_ppm"] = tensors + tensors.transpose(0, 2, 1)
        if draw % 5 == 4:
            isotopes[1] = "15N"
    if draw % 4 == 3:
        stated |= {"equilibrium": "dibari", "temperature_k": TEMPERATURE_K}
        stated.setdefault("field_t", FIELD_T)
    offsets = rng.uniform(-100, 100, size)
    return SpinSystem(offsets, couplings + couplings.T, isotopes=isotopes, relaxation=Relaxation(model, **stated))


def _as_stored(drawn: dict[str, Any], name: str) -> dict[str, Any]:
    """The values of :data:`STORED` in place of the drawn ones, which they equal to rounding.

    Norms and exponentials differ in their last digit from one processor to another, and a request is found in the cache
    by all of its digits.
    """
    retained = json.loads(STORED.read_text(encoding="utf-8"))[name]
    places, tau_c_s = np.array(retained["positions_angstrom"]), retained["tau_c_s"]
    if not np.allclose(places, drawn["positions_angstrom"], rtol=0, atol=1e-9):
        raise ValueError(f"{STORED.name}: the places of {name} are not those that the seed gives")
    return {"positions_angstrom": places, "tau_c_s": tau_c_s}


def random_places(rng: np.random.Generator, size: int) -> np.ndarray:
    """(size, 3) in Å: a chain in random directions, no two spins nearer than one step."""
    places = np.zeros((1, 3))
    while len(places) < size:
        step = rng.normal(size=3)
        place = places[-1] + DIPOLAR_DISTANCE_ANGSTROM * step / np.linalg.norm(step)
        if np.linalg.norm(places - place, axis=1).min() >= 0.99 * DIPOLAR_DISTANCE_ANGSTROM:
            places = np.vstack([places, place])
    return places


def of_molecule(molecule: Molecule, model: str, field_t: float) -> SpinSystem:
    """A molecule of the library with the rates or the correlation time of :data:`MODEL_OF_MOLECULE`."""
    return molecule.at(field_t, relaxation={"model": model, **MODEL_OF_MOLECULE[model]})


def whole_molecule() -> SpinSystem:
    """Strychnine at 14.1 T, tumbling with 200 ps."""
    return load_molecule("strychnine").at(FIELD_T, relaxation={"model": "redfield", "tau_c_s": WHOLE_TAU_C_S})


def fragment() -> SpinSystem:
    """Six coupled protons of that strychnine alone: small enough for Spinach's complete basis."""
    whole = whole_molecule()
    return whole.subsystem([whole.labels.index(label) for label in FRAGMENT])


def fragment_options(space_level: int) -> SpinachOptions:
    """As :func:`whole_options`; 0 for the complete basis."""
    if space_level:
        return whole_options(space_level)
    return SpinachOptions("sphten-liouv", "none", 0, FIELD_T, 1e-10, rlx_integration=1e-4, rlx_zero=1e-10)


def whole_options(space_level: int) -> SpinachOptions:
    """IK-2 with all that each spin is coupled to; level 2 adds every pair. Tolerances are those of Spinach itself."""
    return SpinachOptions("sphten-liouv", "IK-2", 0, FIELD_T, 1e-10, space_level, rlx_integration=1e-4, rlx_zero=1e-10)


def whole_bases() -> dict[str, SpinachOptions]:
    """Case → basis of strychnine, in the order of their sizes: 6,430, 8,059 and 8,977 states.

    The last holds every connected group of four protons and all pairs; a larger one has not been computed.
    """
    groups = SpinachOptions("sphten-liouv", "IK-1", 4, FIELD_T, 1e-10, 2, rlx_integration=1e-4, rlx_zero=1e-10)
    return {
        "strychnine redfield space level 1": whole_options(1),
        "strychnine redfield space level 2": whole_options(2),
        "strychnine redfield IK-1 level 4 space level 2": groups,
    }


def requests() -> Iterator[tuple[str, str, Request, dict[str, Any]]]:
    """(role, case, request, what its system was made from)."""
    for model in MODELS:
        for size in SIZES:
            for draw in range(DRAWS):
                about = {"seed": [SEED, MODELS.index(model), size, draw], "model": model}
                yield ROLE, f"{model} {size} spins draw {draw + 1}", Request.of(made(model, size, draw), GRID), about
    for name in MOLECULES:
        molecule = load_molecule(name)
        for model in MODELS:
            for field_t in FIELDS_T:
                system = of_molecule(molecule, model, field_t)
                about = {"field_t": field_t, "model": model, "of_molecule": name, "of_source": molecule.source}
                grid = MOLECULE_GRID if len(molecule) < LARGE else MOLECULE_GRID.prefix(LARGE_POINTS)
                request = Request.of(system, grid, options=_options(system))
                yield ROLE_MOLECULE, f"{name} {model} {field_t:g} T", request, about
    for case, options in whole_bases().items():
        about = {"field_t": FIELD_T, "model": "redfield", "of_molecule": "strychnine", "of_source": "berger"}
        yield ROLE_WHOLE, case, Request.of(whole_molecule(), WHOLE_GRID, ("m",), options), about
    for level in FRAGMENT_LEVELS:
        about = {"field_t": FIELD_T, "model": "redfield", "of_molecule": "strychnine", "of_source": "berger"}
        about["spins"] = list(FRAGMENT)
        request = Request.of(fragment(), FRAGMENT_GRID, ("m",), fragment_options(level))
        basis = f"space level {level}" if level else "complete"
        yield ROLE_WHOLE, f"strychnine fragment redfield {basis}", request, about


def _options(system: SpinSystem) -> SpinachOptions:
    """Complete where the matrix is diagonal or the system small."""
    relaxation = system.relaxation
    assert relaxation is not None
    assert relaxation.field_t is not None
    complete = SpinachOptions("sphten-liouv", magnet_t=relaxation.field_t)
    if relaxation.model != "redfield" or len(system) <= 5:
        return complete
    return replace(TRUNCATED, magnet_t=relaxation.field_t)
