"""Do the packaged models keep what is stated of them, on fresh pulses and geometries?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.tasks.tddft.models.learned.data import FIELDS
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS, name_of
from harness.tasks.tddft.suites.learned import (
    BASELINES,
    MODELS,
    learned_errors,
    mean_error,
    mean_ratio,
    together,
    untrained,
)
from harness.tasks.tddft.suites.number import number
from harness.tasks.tddft.suites.packaged import (
    STRENGTHS_AU,
    WATER_GRID,
    compared,
    geometry_errors,
    hartree_fock_error,
    water_pulses,
)
from harness.tasks.tddft.suites.plan import MOLECULES, geometry_target

SUITE = "packaged"
ERROR = "largest relative error of δμ"
BOTH = "pulses and kicks"
pytestmark = pytest.mark.tier("nightly")


@pytest.fixture(scope="module")
def quadratic(tier_plan, seed):
    """E0 → errors on fresh pulses."""
    models = ("kernel", "kernel+quad", "ridge", "casida")
    return {e0: compared(water_pulses(e0, tier_plan.packaged, seed), models, WATER_GRID) for e0 in STRENGTHS_AU}


@pytest.fixture(scope="module")
def geometries(tier_plan, seed):
    """Molecule → errors at fresh geometries."""
    return {molecule: geometry_errors(molecule, tier_plan.packaged, seed) for molecule in MOLECULES}


@pytest.fixture(scope="module")
def learned(tier_plan, seed, tmp_path_factory):
    """Kind of the field → errors of the learned propagators, and of networks before training."""
    folder = tmp_path_factory.mktemp("untrained")
    controls = tuple(untrained(head, folder) for head in HEADS)
    return {kind: learned_errors(kind, tier_plan.learned, seed, controls) for kind in FIELDS}


def test_kernel(seed, verdict):
    words = "max|Δδμ| / max|δμ|"
    row = number(words, "LiH and H2O hf, fresh pulses", "kernel", hartree_fock_error(seed), reference="cfm4", seed=seed)
    verdict.check(row, "kernel_hf")


def test_quadratic(quadratic, seed, verdict):
    for e0, target in STRENGTHS_AU.items():
        verdict.check(_worst(quadratic[e0], "kernel+quad", _water(e0), seed), target)
        verdict.check(_ratio(quadratic[e0], "kernel+quad", "kernel", _water(e0), seed), "quad_over_kernel")
        for model in ("kernel", "ridge", "casida"):
            verdict.info(_worst(quadratic[e0], model, _water(e0), seed))


def test_geometry(geometries, seed, verdict):
    for molecule, errors in geometries.items():
        case = f"{molecule} hf, fresh geometries and pulses"
        verdict.check(_worst(errors, "geometry", case, seed), geometry_target(molecule))


def test_learned(learned, seed, verdict):
    for kind, errors in learned.items():
        for model in MODELS:
            verdict.check(_mean(errors, model, kind, seed), "learned_mean")
            verdict.check(_worst(errors, model, _learned(kind), seed), "learned_largest")
        for model in BASELINES:
            verdict.info(_mean(errors, model, kind, seed))
            verdict.info(_worst(errors, model, _learned(kind), seed))


def test_heads(learned, seed, verdict):
    """The two heads of a seed, on all cases; under each kind of field they are recorded."""
    every = together(learned.values())
    for one in SEEDS:
        generator, density = name_of("generator", one), name_of("density", one)
        verdict.check(_mean_ratio(every, generator, density, BOTH, seed), "generator_over_density")
        for kind, errors in learned.items():
            verdict.info(_mean_ratio(errors, generator, density, kind, seed))
            verdict.info(_ratio(errors, generator, density, _learned(kind), seed))


def test_control(quadratic, geometries, learned, seed, verdict):
    """The kernel, ridge, the frozen Fock matrix and networks before training miss what the models keep."""
    frozen = hartree_fock_error(seed, frozen=True)
    row = number("max|Δδμ| / max|δμ|", "LiH and H2O hf, fresh pulses", "frozen", frozen, reference="cfm4", seed=seed)
    verdict.control(row, "kernel_hf")
    verdict.control(_worst(quadratic[0.02], "kernel", _water(0.02), seed), "quad_0_02")
    verdict.control(_ratio(quadratic[0.005], "ridge", "kernel", _water(0.005), seed), "quad_over_kernel")
    verdict.control(_worst(geometries["h2o"], "frozen", "h2o hf, fresh geometries and pulses", seed), "geometry_h2o")
    for kind, errors in learned.items():
        for head in HEADS:
            verdict.control(_mean(errors, f"untrained {head}", kind, seed), "learned_mean")
            verdict.control(_worst(errors, f"untrained {head}", _learned(kind), seed), "learned_largest")
    row = _mean_ratio(together(learned.values()), "untrained generator", "learned-density", BOTH, seed)
    verdict.control(row, "generator_over_density")


def _learned(kind: str) -> str:
    return f"H2 hf, fresh bond lengths and {kind}"


def _mean(errors, model: str, kind: str, seed: int):
    found, count = mean_error(errors, model, seed), len(errors.cases)
    row = number("mean relative error of δμ", _learned(kind), model, found.value, reference="cfm4", seed=seed,
                 cases=count)  # fmt: skip
    return replace(row, interval=found.interval)


def _mean_ratio(errors, model: str, other: str, kind: str, seed: int):
    found, count = mean_ratio(errors, model, other, seed), len(errors.cases)
    words = f"mean error over that of {other}"
    row = number(words, _learned(kind), model, found.value, reference="cfm4", seed=seed, cases=count)
    return replace(row, interval=found.interval)


def _water(e0: float) -> str:
    return f"H2O lda, fresh pulses, E0 {e0:g}"


def _worst(errors, model: str, case: str, seed: int):
    value, worst = errors.worst(model)
    count = len(errors.cases)
    return number(ERROR, case, model, value, reference="cfm4", worst=f"{worst}: {value:.2e}", seed=seed, cases=count)


def _ratio(errors, model: str, other: str, case: str, seed: int):
    """The largest ratio of two models over the cases."""
    value, worst = errors.ratio(model, other)
    words = f"largest error over that of {other}"
    return number(words, case, model, value, reference="cfm4", worst=worst, seed=seed, cases=len(errors.cases))
