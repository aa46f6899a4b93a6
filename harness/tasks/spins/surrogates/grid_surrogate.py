"""Trained grid models as a surrogate: systems in, trajectories out, in batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.errors import InputError
from harness.surrogates.base import UNCERTAINTIES, DomainCheck, Uncertainty, checked_systems
from harness.surrogates.conformal import KindCalibration, Traits
from harness.surrogates.conformal_file import calibration_path, load_calibration
from harness.surrogates.dropout import has_dropout, mc_spread
from harness.surrogates.memory import require_few_bytes
from harness.surrogates.weights import find_weights, read_weights
from harness.tasks.spins.references.base import refuse_relaxing
from harness.tasks.spins.surrogates import PRETRAINED
from harness.tasks.spins.surrogates.domain import ROUNDING, Domain
from harness.tasks.spins.surrogates.grid_model import GridModel
from harness.tasks.spins.surrogates.kinds import hardness, kinds_of
from harness.tasks.spins.surrogates.physical import onto_disc
from harness.tasks.spins.surrogates.prediction import Prediction, other_method, spread_of
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

BATCH = 256
SECOND_OPINION = 5
DEVIATION = 7e-3
"""Deviation from the second opinion above which an answer is flagged: an error of 1e-2 must not pass, and clusters of
five themselves have errors of up to some 1e-3 within 30 ms."""
RESULT_NUMBERS = 12
"""Doubles per sample and system: three signals, on the trained and on the requested grid, and their spread."""


@dataclass(frozen=True, eq=False)
class Member:
    """One trained network: for one size N, or (``GridSurrogate.general``) for all up to its limit."""

    model: GridModel
    domain: Domain
    record: Mapping[str, Any]
    calibration: KindCalibration | None = None


class GridSurrogate:
    """Predicts with the member of a system's size.

    On a grid other than the trained one, the answer is interpolated by a cubic spline (error about (Ω dt)⁴/384); a grid
    that ends later than the trained one is refused, because nothing was learned there. M is projected onto the unit
    disc (physical.py), which never increases the error. The bands and ``in_domain`` give the possible error of an
    answer: it is compared with exact clusters of five spins.
    """

    observables = banded = ("m", "i1z")

    def __init__(self, name: str, members: Sequence[Member], general: bool) -> None:
        self.name, self.general = name, general
        self.members = {member.model.grid_settings.spins: member for member in members}

    def __repr__(self) -> str:
        sizes = ", ".join(map(str, self.sizes))
        banded = ", ".join(str(size) for size in self.sizes if self.members[size].calibration) or "none"
        return f"{self.name} (spins: {'up to ' if self.general else ''}{sizes}; with bands: {banded})"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes N with a member (of a general model: its limit)."""
        return tuple(sorted(self.members))

    @property
    def horizon_s(self) -> float:
        """The end of the longest grid that a network was trained on: a later end is refused."""
        return max(member.model.grid_settings.grid.horizon_s for member in self.members.values())

    def takes(self, system: SpinSystem) -> bool:
        """True if there is a network for systems of this size: systems of other sizes raise an error."""
        return len(system) in self.members or (self.general and len(system) <= max(self.members))

    def member(self, spins: int) -> Member:
        """The member for systems of this size.

        Raises
        ------
        InputError
            If there is none.
        """
        size = max(self.members) if self.general and spins <= max(self.members) else spins
        if size not in self.members:
            limit = "up to " if self.general else ""
            sizes = ", ".join(map(str, self.sizes))
            raise InputError(f"{self.name} has no network for {spins} spins (it has: {limit}{sizes}); train one")
        return self.members[size]

    def predict(self, systems: Sequence[SpinSystem], grid: TimeGrid, uncertainty: Uncertainty = "none") -> Prediction:
        """Predict every system on one grid, see :class:`harness.surrogates.Surrogate`.

        Raises
        ------
        InputError
            For a size without a network, an unknown ``uncertainty``, conformal bands that were not calibrated, a grid
            that ends after the trained horizon or needs more than some gigabytes; before anything is computed.
        """
        systems = checked_systems(systems, grid, SpinSystem)
        for system in systems:
            refuse_relaxing(system, self.name)
        if uncertainty not in UNCERTAINTIES:
            raise InputError(f"uncertainty {uncertainty!r} is unknown (known: {', '.join(UNCERTAINTIES)})")
        self._require_grid(systems, grid)
        mean: list[Trajectory | None] = [None] * len(systems)
        spread: list[Trajectory | None] = [None] * len(systems)
        groups: dict[int, list[int]] = {}
        for k, system in enumerate(systems):
            groups.setdefault(self.member(len(system)).model.grid_settings.spins, []).append(k)
        for size, every in groups.items():
            member = self.members[size]
            own = member.model.grid_settings.grid
            for start in range(0, len(every), BATCH):
                places = every[start : start + BATCH]
                part = [systems[k] for k in places]
                signals, std = _evaluate(member, part, uncertainty.startswith("mc"))
                spreads = (
                    None if std is None else [self._trajectory(_resample(one, own, grid), member, grid) for one in std]
                )
                if std is not None and uncertainty == "mc" and member.calibration and member.calibration.spreads:
                    traits, raw = self.traits(part), _case_spread(std)
                    widths = member.calibration.standard_deviations(traits, raw, grid, self._provenance(member))
                    spreads = spread_of(widths)
                for row, k in enumerate(places):
                    answer = self._trajectory(_in_disc(_resample(signals[row], own, grid)), member, grid)
                    mean[k] = answer.on(systems[k].axis)
                    spread[k] = None if spreads is None else spreads[row]
        doubts = _deviations(systems, grid, mean)
        checks = tuple(
            _checked(s, self.member(len(s)).domain.check(s, grid), doubt)
            for s, doubt in zip(systems, doubts, strict=True)
        )
        bands = None
        if uncertainty == "conformal":
            traits = self.traits(systems)
            found: list[Any] = [()] * len(systems)
            for every in groups.values():
                calibration = self._calibration(len(systems[every[0]]))
                parts = calibration.bands(traits.take(every), grid)
                for k, one in zip(every, parts, strict=True):
                    found[k] = one
            bands = tuple(found)
        return Prediction(
            tuple(mean),  # type: ignore[arg-type]
            checks,
            tuple(spread) if uncertainty.startswith("mc") else None,  # type: ignore[arg-type]
            bands,
        )

    def traits(self, systems: Sequence[SpinSystem]) -> Traits:
        """What the uncertainty of these systems may depend on; a network for chains of one size has one kind only."""
        kinds = kinds_of(systems) if self.general else ("",) * len(systems)
        return Traits(kinds, np.array([hardness(system) for system in systems]).reshape(len(systems), 2))

    def raw_spread(self, systems: Sequence[SpinSystem]) -> np.ndarray | None:
        """(n,) RMS over samples and components of M of the spread over passes with dropout; None without dropout."""
        found = []
        for start in range(0, len(systems), BATCH):
            part = list(systems[start : start + BATCH])
            member = self.member(len(part[0]))
            if not has_dropout(member.model.module):
                return None
            std = _evaluate(member, part, mc=True)[1]
            assert std is not None
            found.append(_case_spread(std))
        return np.concatenate(found)

    def _require_grid(self, systems: Sequence[SpinSystem], grid: TimeGrid) -> None:
        for own in {self.member(len(system)).model.grid_settings.grid for system in systems}:
            if grid.horizon_s > own.horizon_s * (1 + ROUNDING):
                raise InputError(
                    f"{self.name} was trained to {1e3 * own.horizon_s:g} ms and knows nothing of later times, but the "
                    f"grid ends at {1e3 * grid.horizon_s:g} ms: end it earlier, or use 'spin-graph' or 'exact'"
                )
        bytes_per_system = 8.0 * RESULT_NUMBERS * grid.points
        remedy = other_method(systems) if systems else ""
        require_few_bytes(self.name, systems, grid, lambda some: bytes_per_system * len(some), remedy)

    def _calibration(self, spins: int) -> KindCalibration:
        calibration = self.member(spins).calibration
        if calibration is None:
            raise InputError(f"{self.name}, {spins} spins: no conformal calibration; run 'harness train calibrate'")
        return calibration

    def _trajectory(self, signals: np.ndarray, member: Member, grid: TimeGrid) -> Trajectory:
        return Trajectory(grid, self._provenance(member), *signals)

    def _provenance(self, member: Member) -> Provenance:
        details = {"weights_sha256": member.record.get("sha256", "")[:16]}
        return Provenance(self.name, "torch", torch.__version__, details)


def load_grid_surrogate(
    name: str, weights: str | Path | None, build: Callable[[Mapping[str, Any]], GridModel], general: bool
) -> GridSurrogate:
    """Load every network of a model from a file, a folder, or the package.

    Raises
    ------
    InputError
        If there are none, or one of them cannot be used.
    """
    members = []
    paths: dict[int, Path] = {}
    for path in find_weights(name, weights, PRETRAINED):
        found = read_weights(path, name)
        other = paths.setdefault(int(found.record["settings"]["spins"]), path)
        if other != path:
            raise InputError(f"weights of {name!r} for one size in {other} and in {path}: name one of them")
        model = build(found.record["settings"])
        try:
            model.module.load_state_dict(dict(found.tensors))
        except RuntimeError as error:
            line = " ".join(str(error).split())[:200]
            raise InputError(f"weights {path}: tensors do not fit the model's settings ({line})") from None
        model.module.eval()
        calibration_file = calibration_path(path)
        calibration = None
        if calibration_file.is_file():
            calibration, record = load_calibration(calibration_file, name)
            if record["weights_sha256"] != found.sha256:
                remedy = "run 'harness train calibrate'"
                raise InputError(f"{calibration_file}: calibrates other weights than {path.name}; {remedy}")
        record = {**found.record, "sha256": found.sha256}
        members.append(Member(model, Domain.from_dict(found.record["domain"]), record, calibration))
    return GridSurrogate(name, members, general)


def _evaluate(member: Member, systems: list[SpinSystem], mc: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """(B, 3, T) signals, and their standard deviations over dropout passes."""
    model = member.model
    device = next(model.module.parameters()).device
    batch = model.rows(systems).take(np.arange(len(systems)), device)
    with torch.no_grad():
        signals = model.signals(batch).double().cpu().numpy()
    if not mc:
        return signals, None
    _, std = mc_spread(model.module, lambda: model.signals(batch))
    return signals, std.double().cpu().numpy()


def _deviations(systems: Sequence[SpinSystem], grid: TimeGrid, answers: Sequence[Trajectory | None]) -> np.ndarray:
    """(n,) how far each answer is from exact clusters of :data:`SECOND_OPINION` spins, which need no training.

    The largest of the relative L2 deviation of M and the largest deviations of M and of I_1z. A network on a grid has
    no estimate of its own error, and within its horizon clusters of five are closer to the truth than it is.
    """
    from harness.tasks.spins.references import reference
    from harness.tasks.spins.references.cluster import Cluster

    method = reference("cluster", size=SECOND_OPINION)
    assert isinstance(method, Cluster)
    opinions = method.simulate_batch(systems, grid, ("m", "i1z")) if len(systems) else []
    found = []
    for one, other in zip(answers, opinions, strict=True):
        assert one is not None
        assert one.i1z is not None
        assert other.i1z is not None
        delta = np.abs(one.m - other.m)
        relative = np.linalg.norm(delta) / np.linalg.norm(other.m)
        found.append(max(float(relative), float(delta.max()), float(np.max(np.abs(one.i1z - other.i1z)))))
    return np.array(found)


def _checked(system: SpinSystem, check: DomainCheck, deviation: float) -> DomainCheck:
    """The limits that are exceeded, with the deviation where it is larger than the tolerance.

    Where no connected part has more than :data:`SECOND_OPINION` spins, the clusters are exact and the deviation is the
    error: then only the deviation decides, and the limits of the training do not count.
    """
    known = max(map(len, system.components())) <= SECOND_OPINION
    exceeded = {} if known else check.exceeded
    if deviation > DEVIATION:
        exceeded = {**exceeded, "estimated_error": float(deviation - DEVIATION)}
    return DomainCheck(exceeded)


def _in_disc(signals: np.ndarray) -> np.ndarray:
    """(3, T) mx, my and i1z with M in the unit disc."""
    m = signals[:1] + 1j * signals[1:2]
    onto_disc(m)
    return np.concatenate([m.real, m.imag, signals[2:]])


def _case_spread(std: np.ndarray) -> np.ndarray:
    """(B,) RMS of the standard deviations of mx and my from (B, 3, T)."""
    return np.sqrt(np.mean(std[:, :2] ** 2, axis=(1, 2)))


def _resample(signals: np.ndarray, own: TimeGrid, wanted: TimeGrid) -> np.ndarray:
    """(3, T) to (3, T'): a prefix is cut, other times are interpolated."""
    if wanted == own:
        return signals
    if wanted.dt_s == own.dt_s and wanted.points <= own.points:
        return signals[:, : wanted.points]
    from scipy.interpolate import CubicSpline

    return CubicSpline(own.times_s, signals, axis=1)(wanted.times_s)
