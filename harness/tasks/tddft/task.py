"""Real-time TDDFT, judged against NWChem. Nothing here is computed, and nothing heavy is imported."""

from __future__ import annotations

from pathlib import Path

from harness.task import Codec, Late, Model, Observable, Task, late

HERE = "harness.tasks.tddft"
MODELS = ("kernel", "kernel+quad", "ridge", "geometry", "anchored", "learned-generator", "learned-density",
          "learned-ensemble",
          "frozen", "casida", "prony")  # fmt: skip

TASK = Task(
    name="tddft",
    question="May a fast surrogate of electron dynamics be trusted in place of NWChem?",
    production="nwchem",
    subject="kernel+quad",
    baseline="casida",
    observables=(
        Observable("dipole", "μ", "e·bohr", ("direction", "time")),
        Observable("energy", "E", "hartree"),
        Observable("density_real", "Re D", "1", ("spin", "orbital", "orbital", "time")),
        Observable("density_imag", "Im D", "1", ("spin", "orbital", "orbital", "time")),
    ),
    metrics=Late(f"{HERE}.metrics:METRICS"),
    populations=Late(f"{HERE}.plans:POPULATIONS"),
    references={
        "nwchem": f"{HERE}.references:NWChem",
        "cfm4": f"{HERE}.references:Magnus4",
        "em": f"{HERE}.references:Midpoint",
    },
    models={name: Model(f"{HERE}.models.loading:{name.replace('+', '_').replace('-', '_')}") for name in MODELS},
    codec=Codec(
        system_to_json=late(f"{HERE}.references:system_as_dict"),
        system_from_json=late(f"{HERE}.references:codec_system"),
        grid_to_json=late(f"{HERE}.references:grid_as_dict"),
        grid_from_json=late(f"{HERE}.references:codec_grid"),
    ),
    plans=Late(f"{HERE}.plans:PLANS"),
    targets=Path(__file__).with_name("targets.toml"),
    extra="tddft",
    packages=("pyscf",),
    behaviour=f"{HERE}.behaviour:Tddft",
    variables=("HARNESS_NWCHEM",),
    size_name="atoms",
    compared=("dipole", "energy"),
)
