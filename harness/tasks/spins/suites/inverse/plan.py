"""Estimation of the couplings and offsets of chains from a noisy FID."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from harness.suites.asking import Claim
from harness.suites.baseline import Control
from harness.suites.inverse import Case, Joint, Plan, Single
from harness.suites.inverse.plan import Memo
from harness.suites.inverse.single import single_claims, single_fits
from harness.task import Tier
from harness.tasks.spins.inverse import (
    ExactModel,
    Fit,
    MethodModel,
    Parameters,
    cramer_rao,
    fit_signal,
    noisy,
)
from harness.tasks.spins.inverse.parameters import all_of, one_coupling
from harness.tasks.spins.suites.inverse.models import forward_model
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, topology
from harness.tasks.spins.systems.topologies import chain

TARGETS_HZ = (7.5, 10.0, 12.5, 15.0, 18.0)
SNRS = (10.0, 20.0, 50.0)
SHOWN_HZ = 12.5
START_HZ = 5.0
SPREAD_HZ = 5.0
BOUND_HZ = 1.0
ITERATIONS = 8  # upper limit for one fit, to estimate the time of all fits
JOINT_SNR = 50.0
SEED = 60

Noise = Callable[[np.ndarray, np.ndarray, float, np.random.Generator], np.ndarray]
"""(signal, its Jacobian, signal-to-noise ratio, generator) → noisy signal."""


def white(truth: np.ndarray, jacobian: np.ndarray, snr: float, rng: np.random.Generator) -> np.ndarray:
    """White noise of σ = 1/snr."""
    return noisy(truth, snr, rng)


def balanced_noise(truth: np.ndarray, jacobian: np.ndarray, snr: float, rng: np.random.Generator) -> np.ndarray:
    """``truth`` (T,) with white noise whose component along the rows of ``jacobian`` (P, T) is not random in size.

    That component changes each judged parameter by exactly its Cramér-Rao bound, up or down, and does not change the
    other parameters. The RMSE of an unbiased estimate over the bound is therefore 1 even in a single fit, except for
    nonlinear effects.
    """
    bound = cramer_rao(jacobian, 1 / snr)
    moves = np.where(bound < BOUND_HZ, bound, 0.0) * rng.choice([-1.0, 1.0], len(bound))
    noise = noisy(np.zeros_like(truth), snr, rng)
    columns = np.concatenate([np.real(jacobian), np.imag(jacobian)], axis=1).T
    along = np.linalg.lstsq(columns, np.concatenate([np.real(noise), np.imag(noise)]), rcond=None)[0]
    return truth + noise + (moves - along) @ jacobian


def problem(spins: int, seed: int, target_hz: float, draw: int) -> Parameters:
    """A chain with random offsets in ±250 Hz and one J for all bonds."""
    rng = np.random.default_rng([seed, draw, round(10 * target_hz)])
    return one_coupling(chain(rng.uniform(-250, 250, spins).tolist(), target_hz))


def single_cases(
    spins: int, seed: int, targets_hz: Sequence[float], snrs: Sequence[float], noise: Noise, draws: int
) -> Iterator[Case]:
    """J alone: every target and signal-to-noise ratio, ``draws`` times, from a start at 5 Hz."""
    for draw in range(draws):
        for target in targets_hz:
            parameters = problem(spins, seed, target, draw)
            truth, jacobian = ExactModel().value_and_jacobian(parameters, np.array([target]), STANDARD_GRID)
            for snr in snrs:
                rng = np.random.default_rng([seed, draw, round(10 * target), round(snr)])
                yield Case(
                    parameters, ("J",), np.array([target]), np.array([START_HZ]), cramer_rao(jacobian, 1 / snr),
                    noise(truth, jacobian, snr, rng), {"target_hz": target, "snr": snr, "draw": draw},
                    f"J = {target} Hz, SNR {snr:g}, draw {draw}",
                    f"{snr:g}" if target == SHOWN_HZ and draw == 0 else "",
                    lambda theta, target=target: np.asarray(theta) - target,
                )  # fmt: skip


def joint_cases(seed: int, noise: Noise, spins: int, draws: int) -> Iterator[Case]:
    """All offsets and couplings, from starts within ±5 Hz; the signs of the couplings are not judged."""
    for draw in range(draws):
        rng = np.random.default_rng([seed, spins, draw])
        parameters = all_of(topology("chain", spins, rng))
        theta = parameters.of(parameters.template)
        truth, jacobian = ExactModel().value_and_jacobian(parameters, theta, STANDARD_GRID)
        start = theta + rng.uniform(-SPREAD_HZ, SPREAD_HZ, len(theta))
        yield Case(
            parameters, tuple(parameters.names), theta, start, cramer_rao(jacobian, 1 / JOINT_SNR),
            noise(truth, jacobian, JOINT_SNR, rng), {"draw": draw}, f"chain-{spins} #{draw}", "",
            partial(_without_signs, parameters, theta),
        )  # fmt: skip


def _without_signs(parameters: Parameters, truth: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return parameters.without_signs(theta) - parameters.without_signs(truth)


def fit(model: Any, case: Case, most: int, tolerance: float, remember: bool = True) -> Fit:
    """A least-squares fit of the FID."""
    return fit_signal(
        model, case.problem, case.start, case.signal, STANDARD_GRID, most, remember=remember, tolerance=tolerance
    )


def memo_of(spins: int, seed: int, model: Any, repeats: int = 5) -> Memo:
    """The effect of a memory of evaluations on the fits of one draw of 12.5 Hz: medians of wall times, and calls."""
    parameters, grid = problem(spins, seed, SHOWN_HZ, 0), STANDARD_GRID
    truth = ExactModel().value(parameters, np.array([SHOWN_HZ]), grid)
    signal, start = noisy(truth, 20.0, np.random.default_rng(seed)), np.array([START_HZ])
    fits = {
        remember: [fit_signal(model, parameters, start, signal, grid, remember=remember) for _ in range(repeats)]
        for remember in (True, False)
    }
    seconds = {remember: float(np.median([one.seconds for one in found])) for remember, found in fits.items()}
    count = fits[True][0].count
    return Memo(count.requested, count.computed, seconds[False] / seconds[True])


def probe(spins: int) -> SpinSystem:
    """A chain for which the time of one call is measured."""
    bonds = np.diag(np.full(spins - 1, START_HZ), 1)
    return SpinSystem(np.linspace(-200.0, 200.0, spins), bonds + bonds.T, name=f"{spins} spins")


def compared() -> Mapping[str, Any]:
    """The exact model, and the fastest method that is nearly exact."""
    return {"exact": ExactModel(), "cluster": MethodModel("cluster")}


def chain_name(spins: int) -> str:
    """The name of a chain in the records."""
    return f"chain-{spins}"


def plan_of(
    spins: int,
    draws: int,
    sizes: tuple[int, ...],
    systems: int,
    of_others: int,
    seed: int = SEED,
    targets_hz: tuple[float, ...] = TARGETS_HZ,
    snrs: tuple[float, ...] = SNRS,
    noise: Noise = white,
    **more: Any,
) -> Plan:
    """The plan with this number of spins of the chain for J alone, draws per target and SNR, and sizes and draws of the
    fits of all parameters.

    ``noise`` may be :func:`balanced_noise`, so that a few fits are enough to detect a bias.
    """
    stencils = sum(2 * (2 * n - 1) + 1 for n in sizes)
    single = Single(
        "J alone", f"J alone, {chain_name(spins)}", draws, of_others,
        partial(single_cases, spins, seed, targets_hz, snrs, noise),
        len(snrs) * len(targets_hz) * draws * ITERATIONS * 3, probe(spins),
    )  # fmt: skip
    joint = Joint(
        "all parameters", sizes, systems, of_others, partial(joint_cases, seed, noise), chain_name, 6, BOUND_HZ,
        systems * ITERATIONS * stencils, probe(sizes[-1]), f"SNR {JOINT_SNR:g}", "spins",
    )  # fmt: skip
    return Plan(
        single, joint, STANDARD_GRID, "Hz", forward_model, fit, compared, partial(memo_of, spins, seed), seed=seed,
        symbol="J", needs=frozenset({"m"}), files=("exp6_inverse", "figure6_inverse"), **more,
    )  # fmt: skip


class ScaledCouplings:
    """The exact method with every coupling 20 % too large."""

    name = "exact, J × 1.2"
    provenance = {"fault": "couplings times 1.2"}  # noqa: RUF012

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Any]:
        """The answers of exact for the scaled systems."""
        from harness.subjects import load_subject

        scaled: list[Any] = [system.with_(couplings_hz=1.2 * system.couplings_hz) for system in systems]
        return load_subject("exact").answers(scaled, grid)


def controls(plan: Plan) -> Sequence[Control]:
    """Biased forward models: weak coupling, and couplings that are 20 % too large."""
    from harness.subjects import load_subject

    def claims(subject: Any) -> list[Claim]:
        rows, _ = single_fits(forward_model(subject), subject.name, SMOKE, 3)
        return single_claims(subject, rows, SMOKE)

    subjects = (load_subject("weak-coupling"), ScaledCouplings())
    return tuple(Control(one.name, ("pooled_ratio",), partial(claims, one)) for one in subjects)


def balanced(targets_hz: tuple[float, ...], snrs: tuple[float, ...]) -> Plan:
    """A few fits with balanced noise, which are enough to detect a biased model."""
    return plan_of(4, 1, (6,), 1, 0, seed=87, targets_hz=targets_hz, snrs=snrs, noise=balanced_noise)


QUICK = balanced((7.5, 12.5), (50.0,))
SMOKE = plan_of(4, 100, (4, 6), 200, 1, budget_s=300.0, controls=controls)
PLANS: Mapping[Tier, Plan] = {
    "smoke": SMOKE,
    "nightly": plan_of(4, 134, (4, 6, 8), 200, 5, controls=controls),
    "full": plan_of(6, 134, (4, 6, 8), 200, 10, controls=controls),
}
