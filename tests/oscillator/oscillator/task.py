"""The damped oscillator: an exact solution in the place of a production code, RK4 as the subject, Euler as control."""

from pathlib import Path

from harness.task import Codec, Late, Observable, Task

HERE = "harness.tasks.oscillator"
TASK = Task(
    name="oscillator",
    question="May a Runge-Kutta integrator be trusted in place of the exact solution?",
    production="damped-oscillator",
    subject="rk4",
    baseline="euler",
    observables=(Observable("x", "x", "1"),),
    metrics=Late(f"{HERE}.plans:METRICS"),
    populations={},
    references={
        "damped-oscillator": f"{HERE}.physics:Exact",
        "rk4": f"{HERE}.physics:RungeKutta",
        "euler": f"{HERE}.physics:Euler",
    },
    models={},
    codec=Codec(vars, dict, vars, dict),
    plans=Late(f"{HERE}.plans:PLANS"),
    targets=Path(__file__).with_name("targets.toml"),
)
