"""k-step molecular dynamics, judged against xTB. Nothing here is computed, and nothing heavy is imported."""

from __future__ import annotations

from pathlib import Path

from harness.task import Codec, Late, Model, Observable, Task, late

HERE = "harness.tasks.kstep"

TASK = Task(
    name="kstep",
    question="May an integrator that replaces k quantum force calls by one be trusted in place of small steps on xTB?",
    production="xtb",
    subject="kernel",
    baseline="respa-mmff",
    observables=(
        Observable("positions", "positions", "nm", ("atom", "axis", "time")),
        Observable("velocities", "velocities", "nm/ps", ("atom", "axis", "time")),
        Observable("energy", "total energy", "kJ/mol"),
    ),
    metrics=Late(f"{HERE}.metrics:METRICS"),
    populations=Late(f"{HERE}.populations:POPULATIONS"),
    references={"xtb": f"{HERE}.truth:Xtb"},
    models={
        "kernel": Model(f"{HERE}.truth:kernel"),
        "respa-mmff": Model(f"{HERE}.truth:respa_mmff"),
        "respa-gfn-ff": Model(f"{HERE}.truth:respa_gfnff"),
        "verlet": Model(f"{HERE}.truth:verlet"),
        "rattle": Model(f"{HERE}.truth:rattle"),
        "heavy-hydrogens": Model(f"{HERE}.truth:heavy_hydrogens"),
        "kernel-adaptive": Model(f"{HERE}.truth:kernel_adaptive"),
        "shared": Model(f"{HERE}.truth:shared"),
        "jump": Model(f"{HERE}.truth:jump"),
        "jump-corrected": Model(f"{HERE}.truth:jump_corrected"),
    },
    codec=Codec(
        system_to_json=late(f"{HERE}.codec:system_to_json"),
        system_from_json=late(f"{HERE}.codec:system_from_json"),
        grid_to_json=late(f"{HERE}.codec:grid_to_json"),
        grid_from_json=late(f"{HERE}.codec:grid_from_json"),
    ),
    plans=Late(f"{HERE}.plans:PLANS"),
    targets=Path(__file__).with_name("targets.toml"),
    extra="kstep",
    packages=("rdkit", "gfnff"),
    behaviour=f"{HERE}.behaviour:Kstep",
    variables=("OMP_NUM_THREADS",),
    size_name="atoms",
    compared=("position_100", "drift"),
)
