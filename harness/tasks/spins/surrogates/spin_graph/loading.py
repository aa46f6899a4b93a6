"""From a weights file to a surrogate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.errors import InputError
from harness.surrogates.conformal_file import calibration_path, load_calibration
from harness.surrogates.weights import find_weights, read_arrays
from harness.tasks.spins.surrogates import PRETRAINED
from harness.tasks.spins.surrogates.domain import UNBRANCHED, Domain
from harness.tasks.spins.surrogates.spin_graph.expansion import THRESHOLD, Expansion
from harness.tasks.spins.surrogates.spin_graph.measured import MEASURED
from harness.tasks.spins.surrogates.spin_graph.surrogate import SpinGraph
from harness.tasks.spins.surrogates.spin_graph.trained import TrainedNetworks

MODEL = "spin-graph"


def measured_domain(trained: Domain) -> Domain:
    """The trained domain of the weights' record, widened to what was measured beyond it, and down to J = 0.

    Without couplings the zeroth order is exact. Nine bonds at a spin were measured for weights that were trained on
    more than two.
    """
    branched = trained.degree > UNBRANCHED  # what is learned on chains makes stars ten times worse (experiment 4)
    wider = {
        "spins": (1, max(trained.spins[1], MEASURED.spins)),
        "degree": max(trained.degree, MEASURED.degree) if branched else trained.degree,
        "horizon_s": max(trained.horizon_s, MEASURED.horizon_s),
        "isotopes": max(trained.isotopes, MEASURED.isotopes),
    }
    return replace(trained, coupling_hz=(0.0, trained.coupling_hz[1]), **wider)


def load_spin_graph(weights: str | Path | None = None) -> SpinGraph:
    """Read, check and assemble; see :func:`harness.tasks.spins.surrogates.spin_graph.load`."""
    path = find_weights(MODEL, weights, PRETRAINED)[0]
    found = read_arrays(path, MODEL)
    try:
        networks = TrainedNetworks(found.record["settings"]["networks"], found.tensors)
        domain = measured_domain(Domain.from_dict(found.record["domain"]))
    except (KeyError, TypeError, ValueError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"weights {path}: tensors do not fit the model's settings ({line})") from None
    calibrations = []
    for calibration_file in path.parent.glob(calibration_path(path.with_name(f"{path.stem}-*ms{path.suffix}")).name):
        calibration, record = load_calibration(calibration_file, MODEL)
        if record["weights_sha256"] != found.sha256:
            remedy = "run 'harness train calibrate'"
            raise InputError(f"{calibration_file}: calibrates other weights than {path.name}; {remedy}")
        calibrations.append(calibration)
    calibrations.sort(key=lambda c: c.grid.horizon_s)
    expansion = Expansion(float(found.record["settings"].get("threshold", THRESHOLD)))
    return SpinGraph(networks, domain, {**found.record, "sha256": found.sha256}, tuple(calibrations), expansion)
