"""Strychnine: this package against Spinach in the basis of Spinach, and what that basis leaves out.

Judged is the answer in the same basis with the rates of that basis. Recorded are the distances of Spinach's bases from
one another and from complete rates: none of the bases is converged, so that the largest is compared with, and no truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.suites.asking import Claim
from harness.tasks.spins.references import reference
from harness.tasks.spins.spectra.spectrum import Spectrum, spectrum_of
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.relaxation_cases import ROLE_WHOLE, whole_bases
from harness.tasks.spins.spinach.request import SpinachOptions
from harness.tasks.spins.suites.relaxation.cases import found, planned_cases, relative
from harness.tasks.spins.suites.relaxation.line_widths import (
    Line,
    integrals,
    multiplets,
    resolved_lines,
    width_changes,
)
from harness.tasks.spins.suites.relaxation.plan import WHOLE_METHOD
from harness.tasks.spins.systems import SpinSystem, TimeGrid

RANGE_PPM = (0.5, 8.5)
FINE = 16
"""Zero-filling of spectra in which widths are measured: 0.05 Hz between points."""
WIDTH_LIMIT = 0.05
GONE = 1.0
"""Relative error of the width of a line that is not there."""


def in_basis(system: SpinSystem, grid: TimeGrid, options: SpinachOptions) -> np.ndarray:
    """M by this package in a basis of Spinach, with the rates of that basis."""
    return _method(options).simulate(system, grid, ("m",)).m


def _method(options: SpinachOptions) -> Any:
    groups = {"level": 1} if options.approximation == "IK-2" else {"size": 2, "level": options.level}
    return reference(WHOLE_METHOD, **groups, rates="basis", space_level=options.space_level, estimate=False)


@dataclass(frozen=True, eq=False)
class Shape:
    """M of strychnine, and what is measured in its spectrum."""

    m: np.ndarray
    system: SpinSystem
    grid: TimeGrid

    @cached_property
    def spectrum(self) -> Spectrum:
        """At natural line widths, over 0.5-8.5 ppm."""
        return spectrum_of(self.m, self.grid, zero_fill=FINE, axis=self.system.axis).between(*RANGE_PPM)

    @cached_property
    def lines(self) -> list[Line]:
        """The resolved lines."""
        return resolved_lines(self.spectrum.offset_hz, self.spectrum.absorption, self.grid.horizon_s)

    @property
    def integrals(self) -> np.ndarray:
        """Of every multiplet."""
        return integrals(self.spectrum.offset_hz, self.spectrum.absorption, multiplets(self.system.offsets_hz))


@dataclass(frozen=True, eq=False)
class Whole:
    """M of strychnine by Spinach, and M by this package in the same basis with the rates of that basis."""

    entry: Entry
    ours: np.ndarray

    @classmethod
    def of(cls, entry: Entry) -> Whole:
        """Compute M here, in the basis of the cache entry."""
        return cls(entry, in_basis(entry.system_used, entry.grid, entry.request.options))

    @cached_property
    def spinach_shape(self) -> Shape:
        """Spinach's answer."""
        return self.shape(self.entry.trajectory().m)

    def shape(self, m: np.ndarray) -> Shape:
        """The spectrum of another M on the same grid."""
        return Shape(m, planned_system(self.entry), self.entry.grid)

    def weakened(self, spin: int, factor: float) -> np.ndarray:
        """M of this package with the signal of one proton times ``factor``."""
        options = self.entry.request.options
        signals = _method(options).simulate(self.entry.system_used, self.entry.grid, ("spin_signals",)).spin_signals
        assert signals is not None
        return self.ours + (factor - 1) * signals[spin] / len(signals)

    def errors(self) -> list[Measurement]:
        """Relative error of M, and of the spectrum over 0.5-8.5 ppm at its natural line widths."""
        ours = self.shape(self.ours)
        values = {
            "M": relative(self.ours, self.spinach_shape.m),
            "the spectrum": relative(ours.spectrum.absorption, self.spinach_shape.spectrum.absorption),
        }
        return [
            measured_here(f"relative L2 error of {what} in the basis of Spinach", self.entry.case, value)
            for what, value in values.items()
        ]

    def spectral_claims(self, m: np.ndarray | None = None, whose: str = WHOLE_METHOD) -> list[Claim]:
        """Spectrum, widths and integrals of M, by default that of this package, against Spinach."""
        spinach_shape, ours, case = self.spinach_shape, self.shape(self.ours if m is None else m), self.entry.case
        widths = np.minimum(np.abs(width_changes(spinach_shape.lines, ours.lines)), GONE)
        areas = np.abs(ours.integrals / spinach_shape.integrals - 1)
        at_ppm = spinach_shape.spectrum.ppm_of(spinach_shape.lines[int(widths.argmax())].position_hz)
        found = {
            "whole_spectrum": measured_here(
                "relative L2 error of the spectrum over 0.5-8.5 ppm",
                case,
                relative_spectrum(ours, spinach_shape),
                whose,
            ),
            "line_widths": measured_here(
                "largest relative error of a line width", case, float(widths.max()), whose,
                cases=len(widths), worst=f"{at_ppm:.3f} ppm",
            ),
            "integrals": measured_here(
                "largest relative error of the integral of a multiplet", case, float(areas.max()), whose,
                cases=len(areas), worst=f"multiplet {int(areas.argmax()) + 1} from low shifts",
            ),
        }  # fmt: skip
        return [Claim(measurement, target) for target, measurement in found.items()]


def wholes() -> list[Whole]:
    """Strychnine in every basis that Spinach has computed, the largest last."""
    planned = {item.case: item for item in planned_cases(ROLE_WHOLE)}
    return [Whole.of(entry) for entry in found([planned[case] for case in whole_bases()])]


def convergence(there: Sequence[Whole], complete: np.ndarray) -> list[Measurement]:
    """How far Spinach's bases are from one another and from complete rates: recorded, and judged nowhere."""
    last, before = there[-1], there[-2]
    note = "Spinach's basis is not converged where this is large; the largest basis is compared with, and is no truth"
    about = {"note": note, "subject_provenance": {"kind": "reference"}}
    between = "relative L2 difference of M between Spinach's two largest bases"
    value = relative(before.spinach_shape.m, last.spinach_shape.m)
    rows = [Measurement(between, last.entry.case, "spinach", before.entry.case, value, **about)]
    ours = last.shape(complete)
    for whole in there:
        widths = np.abs(width_changes(ours.lines, whole.spinach_shape.lines))
        values = {
            "relative L2 difference of M from complete rates": relative(whole.spinach_shape.m, complete),
            "relative L2 difference of the spectrum from complete rates": relative_spectrum(
                whole.spinach_shape, ours
            ),
            f"share of {len(widths)} line widths within 5 % of complete rates": float((widths <= WIDTH_LIMIT).mean()),
        }
        case = whole.entry.case
        rows += [Measurement(metric, case, "spinach", WHOLE_METHOD, value, **about) for metric, value in values.items()]
    return rows


def relative_spectrum(one: Shape, other: Shape) -> float:
    """Relative L2 difference of two spectra."""
    return relative(one.spectrum.absorption, other.spectrum.absorption)


def planned_system(entry: Entry) -> SpinSystem:
    """The system as planned, with its axis of shifts, which an entry does not hold."""
    (system,) = (item.request.system for item in planned_cases(ROLE_WHOLE) if item.case == entry.case)
    return system


def measured_here(metric: str, case: str, value: float, whose: str = WHOLE_METHOD, **more: Any) -> Measurement:
    """A number about this package against Spinach."""
    provenance = {"kind": "reference", "name": WHOLE_METHOD}
    return Measurement(metric, case, whose, "spinach", value, subject_provenance=provenance, **more)
