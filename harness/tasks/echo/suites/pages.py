"""What a reader is shown of each suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.report.page import Figure, SuitePage, SuiteRun
from harness.suites.behaviour import Present
from harness.suites.style import save
from harness.tasks.echo.suites import figures

QUESTIONS = {
    "means": ("Means over draws", "How far off is the mean curve, at stored labels and at fresh ones?"),
    "cost": ("Cost", "How long does one curve take in a batch?"),
    "ood": ("Out of distribution", "Are curves unlike those of the training called so?"),
    "inverse": ("Inference", "How well are labels known from one curve, and is nothing said where nothing is known?"),
    "uncertainty": ("Calibration", "Is the posterior as wide as its errors?"),
    "detection": ("Detection", "Does each seeded fault miss the target, and does what is no fault meet it?"),
}
OF_PLANS = {
    "draws": ("Single draws", "On equal offsets, does the subject give the curve that the independent program gives?"),
    "front": ("Front of cost and error", "Is a smaller lattice or a longer step as good for its cost?"),
    "generalisation": ("Generalisation", "How large are errors outside the training, and are they flagged?"),
}
"""Titles and questions of common suites that this task uses a second time, for another purpose."""
HARNESS_TARGETS = {"detection": ("rmse_m",)}
"""Targets for the task's own simulator and faults, for any subject."""


def present(run: SuiteRun) -> SuitePage:
    """Title, question and, if the tests stored arrays, figures."""
    title, question = QUESTIONS[run.name]
    drawn = DRAWN.get(run.name, lambda _: [])(run)
    return SuitePage(title, question, figures=drawn, harness_targets=HARNESS_TARGETS.get(run.name, ()))


def named(suite: str, page: Present) -> Present:
    """The page of a common suite, with its title and question of :data:`OF_PLANS` if there is one."""
    if suite not in OF_PLANS:
        return page
    title, question = OF_PLANS[suite]
    return lambda run: replace(page(run), title=title, question=question)


def _inverse(run: SuiteRun) -> list[Figure]:
    found = []
    if "curves" in run.retained():
        kept = run.arrays("curves")
        titles = [f"α = {a:.3f}, p = {p:.2f}, d = {d:.2f}" for a, _, p, d in kept["labels"]]
        drawing = figures.curves_figure(kept["times_us"], kept["m"], titles)
        found.append(_saved(run, "echoes", drawing, "Echoes of four systems.", "|M| of four fresh curves."))
    for kernel in ("power", "gauss"):
        if kernel in run.retained():
            kept = run.arrays(kernel)
            keys = [str(key) for key in kept["keys"]]
            drawing = figures.inference_figure(keys, kept["truth"], kept["low"], kept["median"], kept["high"])
            caption = (
                f"Medians and central 90 % of the posterior against the true labels of fresh curves, {kernel} kernel. "
                "A label that no curve determines shows the interval of its prior."
            )
            found.append(_saved(run, f"labels_{kernel}", drawing, "Labels found against true labels.", caption))
    return found


def _uncertainty(run: SuiteRun) -> list[Figure]:
    if "ranks" not in run.retained():
        return []
    kept = run.arrays("ranks")
    drawing = figures.calibration_figure(
        [str(key) for key in kept["keys"]], kept["ranks"], kept["tarp"], float(kept["bound"])
    )
    caption = (
        "Ranks of the true labels among their samples (a) and TARP (b), as the distance of their cumulative "
        "distribution from that of uniform ranks. Inside the dashed lines lie 95 % of all samples of uniform ranks."
    )
    return [_saved(run, "calibration", drawing, "Calibration of the posterior.", caption)]


def _saved(run: SuiteRun, name: str, drawing: object, alt: str, caption: str) -> Figure:
    path = run.folder / "figures" / f"echo_{name}.png"
    save(drawing, path)  # type: ignore[arg-type]
    return Figure(path, alt, caption)


DRAWN: dict[str, Callable[[SuiteRun], list[Figure]]] = {"inverse": _inverse, "uncertainty": _uncertainty}
