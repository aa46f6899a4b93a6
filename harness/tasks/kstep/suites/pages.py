"""The pages of the suites of this task: question, the worst numbers as the answer, figures, files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.kstep.suites.claims import CLAIMS


@dataclass(frozen=True)
class Page:
    """What is fixed about a page; ``begins`` is the beginning of the names of its figures."""

    title: str
    question: str
    stated: tuple[str, ...]
    begins: str = ""
    shows: str = ""
    caption: str = ""
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def layout(self, run: SuiteRun) -> Layout:
        """With the figures that this run made."""
        names = (
            sorted(path.stem for path in (run.folder / "figures").glob(f"{self.begins}*.png")) if self.begins else []
        )
        pictures = [Picture(name, f"{self.shows}: {name.removeprefix(self.begins)}.", self.caption) for name in names]
        return Layout(self.title, self.question, self.stated, pictures, self.files, self.notes)


DRIFT = "energy drift, |mean| + 2 SE"
PAGES = {
    "map": Page(
        "Linear map", "What frequencies does one macro step give a molecule at its minimum, and is it stable?",
        ("shift beyond the base step",), "map_", "Largest shift against the macro step", "Unstable steps are left out.",
        ("map.csv",),
    ),
    "jump": Page(
        "Jumps", "How far from the reference are atoms after 1, 10 and 100 macro steps, at what cost?",
        ("position error over RESPA-MMFF's", "error of mean bonds"), "front_", "Error against cost",
        "a: quantum calls; b: wall time, all of the method inside. Lower left is better.",
        notes=("Trajectories are chaotic: beyond some hundred femtoseconds two correct ones part, so that positions "
               "are compared over 100 macro steps only.",),
    ),
    "nve": Page(
        "Constant energy", "Do all runs end, and does the total energy stay, with nothing rescaled?",
        (DRIFT, "failed runs"), "nve", "Slopes of the total energy of every start",
        "Every start (pale), and the mean with two standard errors; nothing is rescaled.", ("nve.json",),
        ("One trajectory is no measurement of a drift: slopes differ from start to start by more than their mean.",),
    ),
    "temperature": Page(
        "Temperature", "Does every element have the temperature of the thermostat?",
        ("deviation of a temperature over what is allowed",),
    ),
    "front": Page(
        "Equal cost", "At equal numbers of quantum calls, who is best in drift, temperature and spectrum?",
        ("methods better in drift, temperature or spectrum at equal calls, and worse in none",
         "speed-up in wall time at equal drift and spectrum error"),
        "equal_calls", "Drift, temperature and spectrum of every method",
        "The star is the subject; the dashed lines are the targets. Left is better.", ("equal_calls.csv",),
        ("Numbers that meet their target count as equal when methods are compared; all are in the table.",
         "The network jump computes no quantum energy, so that it has no drift and is compared in the suite of jumps; "
         "rattle has no bonds to hydrogen that vibrate, and the thermostat keeps none of its bonds."),
    ),
    "spectrum": Page(
        "Spectrum", "Are the peaks of all normal modes where small steps have them?", ("shift of a peak",), "spectrum_",
        "Vibrational density of states",
        "After a cold start over 4 ps; the method lies on small steps where only one line is seen.",
    ),
    "residual": Page(
        "Residual force", "What does the correction leave of the force at geometries that it has not seen?",
        ("residual force, rms", "residual force, largest component"), files=("residual.csv",),
        notes=("Geometries of Langevin dynamics on GFN2-xTB itself at 300, 450 and 600 K. A small residual alone is "
               "not sufficient: a kernel must be smooth too.",),
    ),
    "fallback": Page(
        "Fallback", "Does k fall where the correction is wrong, and nowhere else?",
        ("macro steps divided, no residual above that of the labels", "runs at 700 K without a divided step",
         "changes of k inside a window, or upwards"), files=("fallback.csv",),
        notes=("The method kernel-adaptive: after a window of 25 macro steps whose residual is above that of the "
               "labels, each macro step has 2 or 4 quantum calls. Calls are read from the counter of the force.",),
    ),
    "unseen": Page(
        "Unseen molecules", "What is a correction worth on molecules that it has no labels of?",
        ("position error over RESPA-MMFF's, molecules without labels",), files=("unseen.csv",),
        notes=("The correction is fitted to 14 molecules, in which the functional groups of the judged ones do not "
               "occur. Below 1 it helps, above 1 it does harm.",),
    ),
    "qmmm": Page(
        "In water", "Does a molecule in a water cluster conserve its total energy, with nothing rescaled?",
        ("energy fluctuation over that of velocity Verlet of 0.5 fs", DRIFT),
        notes=("GFN2-xTB for the solute, MMFF94 for the water and between them: mechanical embedding.",),
    ),
    "claims": Page(
        "Claims", "Which claims about learned jumps do not hold?", tuple(claim.metric for claim in CLAIMS),
        notes=tuple(f"Claimed: {claim.claimed}. Here: {claim.found}." for claim in CLAIMS),
    ),
}  # fmt: skip
"""Suite → its page, in the order of the report."""


def present(run: SuiteRun) -> SuitePage:
    """The page of one suite."""
    return replace(page_of(PAGES[run.name].layout(run), run), lead=run.name == "jump")
