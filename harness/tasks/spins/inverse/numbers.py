"""A fit of a measured FID as plain numbers, for files and documents."""

from __future__ import annotations

from math import isfinite
from typing import Any

from harness.tasks.spins.inverse.measured import MeasuredFit


def numbers_of(fit: MeasuredFit) -> dict[str, Any]:
    """A fit as plain JSON values: shifts in ppm and couplings in Hz as in the laboratory, not as in our frame.

    What is not determined at all has no standard error.
    """
    verdict = fit.verdict
    return {
        "molecule": fit.molecule.name,
        "measurement": fit.fid.name,
        "verdict": str(verdict.outcome),
        "evidence": list(verdict.evidence),
        "parameters": _parameters(fit),
        "multiplets": [
            {
                "name": m.name,
                "linewidth_hz": m.linewidth_hz,
                "phase_rad": m.phase_rad,
                "amplitude": m.amplitude,
                "signal_to_noise": m.signal_to_noise,
                "residual": m.residual,
                "unexplained": m.unexplained,
            }
            for m in fit.multiplets
        ],
        "exchangeable": [[list(pair) for pair in exchange.labels] for exchange in fit.exchangeable],
        "reference_shift_ppm": fit.reference_shift_ppm,
        "converged": fit.converged,
        "starts": fit.found.starts,
        "starts_at_best": fit.found.reached,
        "evaluations": fit.evaluations,
        "seconds": fit.seconds,
    }


def _parameters(fit: MeasuredFit) -> list[dict[str, Any]]:
    from harness.tasks.spins.systems.isotopes import frame_signs

    signs = frame_signs(fit.molecule.isotopes)
    begun = fit.parameters.mean_of(fit.parameters.template)
    rows = []
    for k, name in enumerate(fit.parameters.names):
        value, error = float(fit.theta[k]), float(fit.stated_errors_hz[k])
        coupling = bool(fit.parameters.is_coupling[k])
        sign = float(signs[fit.parameters.couplings[k - len(fit.parameters.offsets)][0]]) if coupling else 1.0
        rows.append(
            {
                "name": name.replace("offset", "shift"),
                "value": sign * value if coupling else float(fit.ppm(value)),
                "unit": "Hz" if coupling else "ppm",
                "standard_error": error / (1 if coupling else 1e-6 * fit.fid.larmor_hz) if isfinite(error) else None,
                "start": sign * float(begun[k]) if coupling else float(fit.ppm(begun[k]) + fit.reference_shift_ppm),
                "at_bound": name in fit.at_bounds,
            }
        )
    return rows
