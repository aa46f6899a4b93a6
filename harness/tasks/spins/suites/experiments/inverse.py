"""Experiment 6: couplings and offsets back from a noisy FID, judged against the Cramér-Rao bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.report import Interval
from harness.suites import intervals
from harness.suites.asking import Claim, Tier, measured
from harness.tasks.spins.inverse import (
    ExactModel,
    Fit,
    ForwardModel,
    MethodModel,
    Parameters,
    cramer_rao,
    fit_signal,
    noisy,
)
from harness.tasks.spins.inverse.parameters import all_of, one_coupling
from harness.tasks.spins.suites.experiments.inverse_models import Broken, SubjectModel, forward_model
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, topology
from harness.tasks.spins.systems.topologies import chain

TARGETS_HZ = (7.5, 10.0, 12.5, 15.0, 18.0)
SNRS = (10.0, 20.0, 50.0)
START_HZ = 5.0
SPREAD_HZ = 5.0
BOUND_HZ = 1.0
TOLERANCE = 1e-6  # relative: 1e-5 Hz of J, a thousandth of the smallest bound
ITERATIONS = 8  # of a fit, at most, for the estimate of what the fits will cost
BASIN = 5.0  # in units of the bound: a Gaussian estimate leaves it once in two million


@dataclass(frozen=True)
class Plan:
    """Spins of the chain for J alone and draws per target and SNR; sizes and draws of the fits of everything.

    ``balanced``: of every noise the part that moves the estimate is made exactly as large as the bound says it is on
    average, so that a handful of fits shows a bias; see :func:`balanced_noise`.
    """

    spins: int
    draws: int
    sizes: tuple[int, ...]
    systems: int
    beside: int
    snr: float = 50.0
    seed: int = 60
    # Seconds that each half may take with a subject in a process of its own, which may be arbitrarily slow.
    budget_s: float = 1800.0
    targets_hz: tuple[float, ...] = TARGETS_HZ
    snrs: tuple[float, ...] = SNRS
    balanced: bool = False


PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan(4, 100, (4, 6), 200, 1, budget_s=300.0),
    "nightly": Plan(4, 134, (4, 6, 8), 200, 5),
    "full": Plan(6, 134, (4, 6, 8), 200, 10),
}


@dataclass(frozen=True)
class CouplingRow:
    """One fit of one J."""

    model: str
    target_hz: float
    snr: float
    draw: int
    estimate_hz: float
    bound_hz: float
    iterations: int
    converged: bool
    seconds: float
    cpu_seconds: float
    calls_asked: int
    calls_computed: int


@dataclass(frozen=True)
class SystemRow:
    """One fit of all offsets and couplings of one chain.

    ``ratio`` is the root mean square of error/bound over the judged parameters that came out right.
    """

    model: str
    spins: int
    draw: int
    parameters: int
    excluded: int
    right: int
    ratio: float
    iterations: int
    converged: bool
    seconds: float
    cpu_seconds: float
    worst: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows, the paths of the fits with truth 12.5 Hz (by SNR), (bound, error) of all judged parameters, claims."""

    couplings: list[CouplingRow]
    systems: list[SystemRow]
    paths: dict[float, np.ndarray]
    errors: dict[str, np.ndarray]
    memo: dict[str, float]
    claims: list[Claim]


def run(subject: Any, plan: Plan) -> Outcome:
    """Both halves for the subject, and for ``exact`` and ``cluster`` on the first draws beside it."""
    model = forward_model(subject)
    found = of_subject(subject, plan)
    couplings, systems, kept = list(found.couplings), list(found.systems), dict(found.errors)
    memo: dict[str, float] = {}
    if couplings:
        memo = memo_factor(model, plan)
        note = f"{memo['asked']:.0f} calls asked for, {memo['computed']:.0f} computed"
        found.claims.append(Claim(measured("time without memo / with", "J alone", subject, memo["speedup"], note=note)))
    beside: list[ForwardModel] = [ExactModel(), MethodModel("cluster")]
    for other in beside:
        if other.name == model.name:
            continue
        couplings += coupling_rows(other, plan, plan.beside)[0]
        more, kept[other.name] = system_rows(other, plan, plan.beside)
        systems += more
    return Outcome(couplings, systems, found.paths, kept, memo, found.claims)


def of_subject(subject: Any, plan: Plan) -> Outcome:
    """Both halves for the subject alone."""
    model = forward_model(subject)
    couplings: list[CouplingRow] = []
    systems: list[SystemRow] = []
    kept: dict[str, np.ndarray] = {}
    paths: dict[float, np.ndarray] = {}
    claims: list[Claim] = []
    try:
        require_affordable(model, plan, plan.spins, len(plan.snrs) * len(plan.targets_hz) * plan.draws * ITERATIONS * 3)
        couplings, paths = coupling_rows(model, plan, plan.draws)
        claims += coupling_claims(subject, couplings, plan)
    except (InputError, Broken) as error:
        claims.append(_unanswered(subject, "J alone", "pooled_ratio", error))
    try:
        stencils = sum(2 * (2 * n - 1) + 1 for n in plan.sizes)
        require_affordable(model, plan, plan.sizes[-1], plan.systems * ITERATIONS * stencils)
        systems, kept[model.name] = system_rows(model, plan, plan.systems)
        claims += _system_claims(subject, systems, plan)
    except (InputError, Broken) as error:
        claims.append(_unanswered(subject, "all parameters", "all_ratio", error))
    return Outcome(couplings, systems, paths, kept, {}, claims)


def require_affordable(model: ForwardModel, plan: Plan, spins: int, calls: int) -> None:
    """Ask a subject of another process about one chain, and see what that makes for all calls of the fits.

    Raises
    ------
    InputError
        If they would take longer than the budget: then the fits are not determined, and the report says why.
    """
    if not isinstance(model, SubjectModel) or getattr(model.subject, "kind", "") not in ("object", "executable"):
        return
    bonds = np.diag(np.full(spins - 1, START_HZ), 1)
    system = SpinSystem(np.linspace(-200.0, 200.0, spins), bonds + bonds.T)
    times = [model.subject.answer(system, STANDARD_GRID).wall_s for _ in range(2)]
    if calls * min(times) > plan.budget_s:
        raise InputError(
            f"one call for {spins} spins takes {min(times):.2g} s, so that about {calls} calls would exceed the "
            f"{plan.budget_s:g} s that the fits may take in this tier"
        )


def problem(plan: Plan, target_hz: float, draw: int) -> Parameters:
    """A chain with offsets in ±250 Hz, drawn, and one J for all bonds."""
    rng = np.random.default_rng([plan.seed, draw, round(10 * target_hz)])
    return one_coupling(chain(rng.uniform(-250, 250, plan.spins).tolist(), target_hz))


def coupling_rows(model: ForwardModel, plan: Plan, draws: int) -> tuple[list[CouplingRow], dict[float, np.ndarray]]:
    """J alone: every target and SNR, ``draws`` times; the noise of a case is the same for every model."""
    grid, exact = STANDARD_GRID, ExactModel()
    rows: list[CouplingRow] = []
    paths: dict[float, np.ndarray] = {}
    warm = problem(plan, plan.targets_hz[0], 0)
    # A first fit pays for imports and caches: it is not timed.
    fit_signal(model, warm, np.array([START_HZ]), np.ones(grid.points, complex), grid)
    for draw in range(draws):
        for target in plan.targets_hz:
            parameters = problem(plan, target, draw)
            truth, jacobian = exact.value_and_jacobian(parameters, np.array([target]), grid)
            for snr in plan.snrs:
                rng = np.random.default_rng([plan.seed, draw, round(10 * target), round(snr)])
                signal = noisy(truth, snr, rng) if not plan.balanced else balanced_noise(truth, jacobian, snr, rng)
                fit = fit_signal(model, parameters, np.array([START_HZ]), signal, grid, tolerance=TOLERANCE)
                bound = float(cramer_rao(jacobian, 1 / snr)[0])
                rows.append(
                    CouplingRow(
                        model.name, target, snr, draw, float(fit.theta[0]), bound, fit.iterations, fit.converged,
                        fit.seconds, fit.cpu_seconds, fit.count.asked, fit.count.computed,
                    )
                )  # fmt: skip
                if target == 12.5 and draw == 0:
                    paths[snr] = fit.path[:, 0]
    return rows, paths


def system_rows(model: ForwardModel, plan: Plan, draws: int) -> tuple[list[SystemRow], np.ndarray]:
    """All offsets and couplings, from starts within ±5 Hz; second: (2, K) bounds and |errors| of what is judged."""
    grid, exact = STANDARD_GRID, ExactModel()
    rows: list[SystemRow] = []
    pairs: list[np.ndarray] = []
    for spins in plan.sizes:
        for draw in range(draws):
            rng = np.random.default_rng([plan.seed, spins, draw])
            parameters = all_of(topology("chain", spins, rng))
            theta = parameters.of(parameters.template)
            truth, jacobian = exact.value_and_jacobian(parameters, theta, grid)
            start = theta + rng.uniform(-SPREAD_HZ, SPREAD_HZ, len(theta))
            signal = (
                noisy(truth, plan.snr, rng) if not plan.balanced else balanced_noise(truth, jacobian, plan.snr, rng)
            )
            fit = fit_signal(model, parameters, start, signal, grid, 50, tolerance=TOLERANCE)
            bound = cramer_rao(jacobian, 1 / plan.snr)
            row, judged = _system_row(model.name, spins, draw, parameters, theta, fit, bound)
            rows.append(row)
            pairs.append(judged)
    return rows, np.concatenate(pairs, axis=1)


def balanced_noise(truth: np.ndarray, jacobian: np.ndarray, snr: float, rng: np.random.Generator) -> np.ndarray:
    """``truth`` (T,) with white noise whose part along the rows of ``jacobian`` (P, T) is not left to chance.

    That part moves each judged parameter by just its Cramér-Rao bound, up or down, and the others not at all, so that
    the RMSE of an unbiased estimate over the bound is 1 even in a single fit, but for what is not linear.
    """
    bound = cramer_rao(jacobian, 1 / snr)
    moves = np.where(bound < BOUND_HZ, bound, 0.0) * rng.choice([-1.0, 1.0], len(bound))
    noise = noisy(np.zeros_like(truth), snr, rng)
    columns = np.concatenate([np.real(jacobian), np.imag(jacobian)], axis=1).T
    along = np.linalg.lstsq(columns, np.concatenate([np.real(noise), np.imag(noise)]), rcond=None)[0]
    return truth + noise + (moves - along) @ jacobian


def _system_row(
    name: str, spins: int, draw: int, parameters: Parameters, theta: np.ndarray, fit: Fit, bound: np.ndarray
) -> tuple[SystemRow, np.ndarray]:
    error = np.abs(parameters.without_signs(fit.theta) - parameters.without_signs(theta))
    judged = bound < BOUND_HZ
    ratio = error[judged] / bound[judged]
    right = ratio < BASIN
    size = float(np.sqrt(np.mean(ratio[right] ** 2))) if right.any() else float("nan")
    at = int(np.argmax(ratio)) if len(ratio) else 0
    names = [name for name, here in zip(parameters.names, judged, strict=True) if here]
    worst = f"chain-{spins} #{draw}: {names[at]} off by {ratio[at]:.1f} bounds" if names else "nothing to judge"
    row = SystemRow(
        name, spins, draw, int(judged.sum()), int((~judged).sum()), int(right.sum()), size, fit.iterations,
        fit.converged, fit.seconds, fit.cpu_seconds, worst,
    )  # fmt: skip
    return row, np.stack([bound[judged], error[judged]])


def memo_factor(model: ForwardModel, plan: Plan, repeats: int = 5) -> dict[str, float]:
    """What remembering evaluations saves in the fits of one draw of 12.5 Hz: medians of wall times, and calls."""
    parameters, grid = problem(plan, 12.5, 0), STANDARD_GRID
    truth = ExactModel().value(parameters, np.array([12.5]), grid)
    signal = noisy(truth, 20.0, np.random.default_rng(plan.seed))
    start = np.array([START_HZ])
    fits = {
        remember: [fit_signal(model, parameters, start, signal, grid, remember=remember) for _ in range(repeats)]
        for remember in (True, False)
    }
    seconds = {remember: float(np.median([fit.seconds for fit in found])) for remember, found in fits.items()}
    count = fits[True][0].count
    return {"asked": count.asked, "computed": count.computed, "speedup": seconds[False] / seconds[True]}


def coupling_claims(subject: Any, rows: Sequence[CouplingRow], plan: Plan) -> list[Claim]:
    """Claims about the fits of one J by one model."""
    case = f"J alone, chain-{plan.spins}, {len(rows)} fits"
    ratio = np.array([(row.estimate_hz - row.target_hz) / row.bound_hz for row in rows])
    slow, long = max(rows, key=lambda r: r.cpu_seconds), max(rows, key=lambda r: r.iterations)
    lost = [row for row in rows if not row.converged]
    worst = rows[int(np.argmax(np.abs(ratio)))]

    def claim(
        metric: str, value: float, target: str | None, unit: str = "1", row: CouplingRow | None = None,
        interval: Interval | None = None,
    ) -> Claim:  # fmt: skip
        place = "" if row is None else f"J = {row.target_hz} Hz, SNR {row.snr:g}, draw {row.draw}"
        one = measured(
            metric, case, subject, value, unit=unit, worst=place, seed=plan.seed, interval=interval, cases=len(rows)
        )
        return Claim(one, target)

    counts, cpu = [r.iterations for r in rows], [r.cpu_seconds for r in rows]
    pooled = intervals.bootstrap(_rms, [ratio], np.random.default_rng(plan.seed))

    return [
        claim("fits that did not converge", len(lost), "unconverged", row=lost[0] if lost else None),
        claim("iterations, most", long.iterations, "iterations_most", row=long),
        claim("iterations, median", _median(counts), "iterations_median", interval=intervals.median(counts)),
        claim("processor time of a fit, median", _median(cpu), "seconds", "s", interval=intervals.median(cpu)),
        claim("processor time of a fit, longest", slow.cpu_seconds, None, "s", slow),
        Claim(measured("time of a fit, median", case, subject, _median([r.seconds for r in rows]), unit="s")),
        claim("RMSE / Cramér-Rao bound", _rms(ratio), "pooled_ratio", row=worst, interval=pooled),
    ]


def _system_claims(subject: Any, rows: Sequence[SystemRow], plan: Plan) -> list[Claim]:
    claims: list[Claim] = []
    for spins in plan.sizes:
        here = [row for row in rows if row.spins == spins]
        judged, right = sum(r.parameters for r in here), sum(r.right for r in here)
        there = [r for r in here if np.isfinite(r.ratio)]
        sizes = np.array([r.ratio for r in there]), np.array([float(r.right) for r in there])
        ratio = _pooled(*sizes)
        known = intervals.bootstrap(_pooled, sizes, np.random.default_rng(plan.seed))
        found = intervals.share([r.right / r.parameters for r in here if r.parameters])
        worst = min(here, key=lambda r: r.right / max(r.parameters, 1)).worst
        excluded = sum(r.excluded for r in here)
        case = f"all parameters, chain-{spins}, {len(here)} fits"
        note = f"SNR {plan.snr:g}; {judged} parameters judged, {excluded} excluded (bound ≥ {BOUND_HZ:g} Hz)"
        target = spins == 6
        claims += [
            Claim(
                measured("parameters in the right basin", case, subject, right / max(judged, 1), worst=worst, note=note,
                         seed=plan.seed, interval=found, cases=len(here)),
                "right_fraction" if target else None,
            ),
            Claim(
                measured("RMSE / Cramér-Rao bound", case, subject, ratio, worst=worst, note=note, seed=plan.seed,
                         interval=known, cases=len(here)),
                "all_ratio" if target else None,
            ),
            Claim(measured("time of a fit, median", case, subject, _median([r.seconds for r in here]), unit="s")),
        ]  # fmt: skip
    return claims


def _unanswered(subject: Any, case: str, target: str, error: Exception) -> Claim:
    text = str(error)
    refused = isinstance(error, InputError)
    one = measured(
        "RMSE / Cramér-Rao bound", case, subject, None, absent=f"not supported: {text}" if refused else "",
        problem="" if refused else text,
    )  # fmt: skip
    return Claim(one, target)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _pooled(ratios: np.ndarray, right: np.ndarray) -> float:
    """Root mean square over all parameters of the fits, from that of each fit (n,) and its number of them (n,)."""
    return float(np.sqrt(np.sum(ratios**2 * right) / max(np.sum(right), 1.0)))


def _median(values: Sequence[float]) -> float:
    return float(np.median(values))
