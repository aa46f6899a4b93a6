"""Spin dynamics, judged against Spinach. Nothing here is computed, and nothing heavy is imported."""

from __future__ import annotations

from pathlib import Path

from harness.task import Codec, Late, Model, Observable, Task, Verb, late

HERE = "harness.tasks.spins"
FAMILIES = ("spin-graph", "fno", "fno-general", "mlp")


def _model(name: str) -> Model:
    module = f"{HERE}.surrogates.{name.replace('-', '_')}"
    return Model(f"{module}:load", f"{module}:trainable")


TASK = Task(
    name="spins",
    question="May a fast surrogate of spin dynamics be trusted in place of Spinach?",
    production="spinach",
    subject="spin-graph",
    baseline="pair-product",
    observables=(
        Observable("m", "M", "1"),
        Observable("i1z", "I1z", "1"),
        Observable("spin_signals", "signals of single spins", "1", ("spin", "time")),
        Observable("spin_polarisations", "polarisations of single spins", "1", ("spin", "time")),
    ),
    metrics=Late(f"{HERE}.metrics:METRICS"),
    populations={},
    references=Late(f"{HERE}.references:HOMES"),
    models={name: _model(name) for name in FAMILIES},
    peers={name: f"{HERE}.peers:start_peer" for name in ("spinguin", "qutip", "nmrsim")},
    codec=Codec(
        system_to_json=late(f"{HERE}.codec:system_to_json"),
        system_from_json=late(f"{HERE}.codec:system_from_json"),
        grid_to_json=late(f"{HERE}.codec:grid_to_json"),
        grid_from_json=late(f"{HERE}.codec:grid_from_json"),
    ),
    plans={},
    targets=Path(__file__).with_name("targets.toml"),
    verbs={
        "advise": Verb("Say which method suits a system, a horizon and an error.", f"{HERE}.cli.advise"),
        "convert": Verb("Turn spin systems into SpinXML, a Spinach script or TOML, and back.", f"{HERE}.cli.convert"),
        "fit": Verb("Fit offsets and couplings to a measured FID.", f"{HERE}.cli.fit"),
        "molecules": Verb(
            "List, search and show the molecules that come with the package.", f"{HERE}.cli.molecules"
        ),
        "peaks": Verb(
            "List the lines and multiplets of a molecule: ppm, Hz, intensity, integral.", f"{HERE}.cli.peaks"
        ),
        "simulate": Verb("Simulate molecules or system files with any method.", f"{HERE}.cli.simulate"),
    },
    behaviour=f"{HERE}.behaviour:Spins",
    variables=("SPINACH_ROOT",),
    size_name="spins",
    compared=("rmse_m", "rmse_i1z"),
)
