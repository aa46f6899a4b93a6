"""Spin echoes of a coupled lattice, judged against an independent program. Nothing heavy is imported here."""

from __future__ import annotations

from pathlib import Path

from harness.task import Codec, Late, Model, Observable, Task, late

HERE = "harness.tasks.echo"

TASK = Task(
    name="echo",
    question="What does one spin echo tell of the interactions of a lattice, and is a fast answer to be trusted?",
    production="mean-field",
    subject="echo-components",
    baseline="uncoupled",
    observables=(
        Observable("mx", "Mx of one draw", "1"),
        Observable("my", "My of one draw", "1"),
        Observable("mean_mx", "mean Mx over draws", "1"),
        Observable("mean_my", "mean My over draws", "1"),
    ),
    metrics=Late(f"{HERE}.metrics:METRICS"),
    populations=Late(f"{HERE}.populations:POPULATIONS"),
    references={
        "mean-field": f"{HERE}.reference:MeanField",
        "echo-torch": f"{HERE}.methods:Torch",
        "echo-numpy": f"{HERE}.methods:Plain",
        "echo-octave": f"{HERE}.methods:Octave",
        "uncoupled": f"{HERE}.methods:Uncoupled",
    },
    models={
        "echo-components": Model(f"{HERE}.model:load_components"),
        "echo-polynomials": Model(f"{HERE}.model:load_polynomials"),
        "echo-fno": Model(f"{HERE}.model:load_fno"),
    },
    codec=Codec(
        system_to_json=late(f"{HERE}.codec:system_to_json"),
        system_from_json=late(f"{HERE}.codec:system_from_json"),
        grid_to_json=late(f"{HERE}.codec:plan_to_json"),
        grid_from_json=late(f"{HERE}.codec:plan_from_json"),
    ),
    plans=Late(f"{HERE}.suites.plans:PLANS"),
    targets=Path(__file__).with_name("targets.toml"),
    behaviour=f"{HERE}.behaviour:Echo",
    variables=("SPIN_ECHO_SIM_ROOT",),
    size_name="spins",
    compared=("rmse_mean", "rmse_m"),
)
