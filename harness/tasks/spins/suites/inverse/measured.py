"""Experiment 6 on measured FIDs. They last seconds, so that only the exact forward model can be used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.suites.asking import Claim, measured
from harness.tasks.spins.inverse.observability import standard_errors

VARIABLE = "HARNESS_MEASURED"
"""The environment variable with the path of the folder of the measured FIDs."""


def measured_fits(folder: str | Path | None = None) -> tuple[dict[str, Any], str]:
    """Fits of the measured FIDs by molecule, or the reason why there are none.

    ``folder`` contains ``ketobutyrate_500MHz`` and ``gaba_500MHz``; the default is the value of :data:`VARIABLE`.
    Both results are empty if no folder is given.
    """
    folder = folder or os.environ.get(VARIABLE, "")
    if not folder:
        return {}, ""  # excluded beforehand
    from harness.tasks.spins.exchange.bruker import read_bruker
    from harness.tasks.spins.inverse.measured import fit_measured
    from harness.tasks.spins.systems import load_molecule

    names = {"2-ketobutyrate": "ketobutyrate_500MHz", "gaba": "gaba_500MHz"}
    try:
        return {
            name: fit_measured(read_bruker(Path(folder) / place), load_molecule(name)) for name, place in names.items()
        }, ""
    except InputError as error:
        return {}, str(error)


def measured_claims(fits: Mapping[str, Any], subject: Any, tolerance_hz: float = 0.15) -> list[Claim]:
    """The vicinal couplings of both molecules. For GABA these are the means, and also single couplings if the FID
    determines them to ``tolerance_hz``."""
    claims: list[Claim] = []
    for molecule, fit in fits.items():
        values = dict(zip(fit.parameters.names, fit.theta, strict=True))
        start = dict(zip(fit.parameters.names, fit.parameters.mean_of(fit.parameters.template), strict=True))
        note = "exact forward model; residual per multiplet " + ", ".join(f"{100 * r:.1f} %" for r in fit.residual)
        if molecule == "2-ketobutyrate":
            value = float(values["J H3a H4a"])
            one = measured("³J of 2-ketobutyrate", molecule, subject, value, unit="Hz", reference="measured", note=note)
            claims.append(Claim(one, "ketobutyrate_j"))
            continue
        for near, far in (("H2", "H3"), ("H3", "H4")):
            names = [name for name in values if name.startswith("J ") and near in name and far in name]
            found, listed = (float(np.mean([table[name] for name in names])) for table in (values, start))
            text = f"{note}; fitted {found:.3f} Hz, GISSMO {listed:.3f} Hz"
            metric = f"mean ³J({near},{far}) - GISSMO, magnitude"
            one = measured(metric, molecule, subject, abs(found - listed), unit="Hz", reference="measured", note=text)
            claims.append(Claim(one, "gaba_j"))
            claims += _single_couplings(molecule, fit, names, f"{near},{far}", subject, tolerance_hz)
    return claims


def _single_couplings(
    molecule: str, fit: Any, names: list[str], pair: str, subject: Any, tolerance_hz: float
) -> list[Claim]:
    """The two couplings J and J' between two CH2 groups, each separately if the FID determines it.

    Which of the two is called J is not observable, so that the two smaller values are compared with each other, and
    the two larger values. A coupling is determined if its 95 % interval is within the tolerance, both at the fitted
    values and at the listed values.
    """
    places = [fit.parameters.names.index(name) for name in names]
    found, start = fit.theta, fit.parameters.mean_of(fit.parameters.template)
    at_listed = found.copy()
    at_listed[places] = start[places]
    errors = {what: standard_errors(fit, at)[places] for what, at in (("found", None), ("listed", at_listed))}
    order, listed = np.argsort(found[places]), np.sort(start[places])
    claims = []
    for rank, name in enumerate(("smaller", "larger")):
        value = float(found[places][order][rank])
        # If the two listed values are so close to each other, both have the larger error.
        error = {"found": float(errors["found"][order][rank]), "listed": float(errors["listed"].max())}
        half = 1.96 * max(error.values())
        text = (
            f"fitted {value:.3f} Hz, GISSMO {listed[rank]:.3f} Hz; standard error {error['found']:.2g} Hz at the "
            f"values found, {error['listed']:.2g} Hz at those listed (inner couplings unknown, residual correlated)"
        )
        absent = f"{text}: ±{half:.2g} Hz at 95 % is wider than the {tolerance_hz:g} Hz required"
        one = measured(
            f"{name} ³J({pair}) - GISSMO, magnitude", molecule, subject, abs(value - listed[rank]), unit="Hz",
            reference="measured", note=text, absent=absent if half > tolerance_hz else "",
        )  # fmt: skip
        claims.append(Claim(one, "gaba_j"))
    return claims
