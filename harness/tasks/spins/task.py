"""Spin dynamics, tested against Spinach. Nothing is computed here, and no large package is imported."""

from __future__ import annotations

from pathlib import Path

from harness.task import Codec, Late, Learning, Model, Observable, Task, late

HERE = "harness.tasks.spins"
FAMILIES = ("spin-graph", "fno", "fno-general", "mlp")
REFERENCES = {
    "exact": f"{HERE}.references.exact:Exact",
    "dense": f"{HERE}.references.dense:Dense",
    "krylov": f"{HERE}.references.krylov:Krylov",
    "chebyshev": f"{HERE}.references.chebyshev:Chebyshev",
    "typicality": f"{HERE}.references.typicality:Typicality",
    "cluster": f"{HERE}.references.cluster:Cluster",
    "grown-cluster": f"{HERE}.references.grown_cluster:GrownCluster",
    "pair-product": f"{HERE}.references.pair_product:PairProduct",
    "weak-coupling": f"{HERE}.references.weak_coupling:WeakCoupling",
    "liouville-dense": f"{HERE}.references.liouville_dense:LiouvilleDense",
    "liouville-krylov": f"{HERE}.references.liouville_krylov:LiouvilleKrylov",
    "liouville-neighbourhoods": f"{HERE}.references.liouville_neighbourhoods:LiouvilleNeighbourhoods",
    "rk4": f"{HERE}.references.rk4:RungeKutta4",
    "spinach": f"{HERE}.spinach.methods:Spinach",
    "spinach-matlab": f"{HERE}.spinach.methods:SpinachMatlab",
    "spinach-octave": f"{HERE}.spinach.methods:SpinachOctave",
    "octave": f"{HERE}.spinach.methods:OctaveExact",
}


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
    references=REFERENCES,
    models={name: _model(name) for name in FAMILIES},
    peers={name: f"{HERE}.peers:start_peer" for name in ("spinguin", "qutip", "nmrsim")},
    codec=Codec(
        system_to_json=late(f"{HERE}.codec:system_to_json"),
        system_from_json=late(f"{HERE}.codec:system_from_json"),
        grid_to_json=late(f"{HERE}.codec:grid_to_json"),
        grid_from_json=late(f"{HERE}.codec:grid_from_json"),
    ),
    plans=Late(f"{HERE}.suites.plans:PLANS"),
    targets=Path(__file__).with_name("targets.toml"),
    learning=Learning(
        mixes=f"{HERE}.data:load_mix",
        blocks=f"{HERE}.data.stored:BLOCKS",
        domain=f"{HERE}.surrogates.training:domain_of",
        packaged=Path(__file__).with_name("surrogates") / "pretrained",
        formulas=("weak-coupling", "pair-product"),
        validation="validation_rmse_m",
        prefix="spin",
    ),
    answers=f"{HERE}.answers:SpinAnswers",
    behaviour=f"{HERE}.behaviour:Spins",
    variables=("SPINACH_ROOT",),
    size_name="spins",
    compared=("rmse_m", "rmse_i1z"),
)
