"""The pages of the suites: question, answer, figures, files."""

from __future__ import annotations

from harness.report.page import Figure, SuitePage, SuiteRun
from harness.report.records import JUDGED

QUESTIONS = {
    "map": ("Linear map", "What frequencies does one macro step give a molecule at its minimum, and is it stable?"),
    "jump": ("Jumps", "How far from the reference are atoms after 1, 10 and 100 macro steps, at what cost?"),
    "nve": ("Constant energy", "Do all runs end, and does the total energy stay, with nothing rescaled?"),
    "temperature": ("Temperature", "Does every element have the temperature of the thermostat?"),
    "front": ("Equal cost", "At equal numbers of quantum calls, who is best in drift, temperature and spectrum?"),
    "spectrum": ("Spectrum", "Are the peaks of all normal modes where small steps have them?"),
}
NOTES = {
    "jump": (
        "Trajectories are chaotic: beyond some hundred femtoseconds two correct ones part, so that positions are "
        "compared over 100 macro steps only.",
    ),
    "nve": ("One trajectory is no measurement of a drift: slopes differ from start to start by more than their mean.",),
    "front": (
        "Numbers that meet their target count as equal when methods are compared; all are in the table.",
        "The network jump computes no quantum energy, so that it has no drift and is compared in the suite of jumps; "
        "rattle has no bonds to hydrogen that vibrate, and the thermostat keeps none of its bonds.",
    ),
}
PICTURES = {
    "map": ("map_", "Largest shift against the macro step", "Unstable steps are left out."),
    "jump": ("front_", "Error against cost",
             "a: quantum calls; b: wall time, all of the method inside. Lower left is better."),
    "nve": ("nve", "Slopes of the total energy of every start",
            "Every start (pale), and the mean with two standard errors; nothing is rescaled."),
    "spectrum": ("spectrum_", "Vibrational density of states",
                 "After a cold start over 4 ps; the method lies on small steps where only one line is seen."),
    "front": ("equal_calls", "Drift, temperature and spectrum of every method",
              "The star is the subject; the dashed lines are the targets. Left is better."),
}  # fmt: skip
"""Suite → beginning of the names of its figures, in words, caption."""


def present(run: SuiteRun) -> SuitePage:
    """The page of one suite."""
    title, question = QUESTIONS[run.name]
    judged = [record for record in run.records if record.verdict in JUDGED]
    met = sum(not record.unmet for record in judged)
    begins, words, caption = PICTURES.get(run.name, ("none", "", ""))
    files = sorted((run.folder / "figures").glob(f"{begins}*.png"))
    pictures = [Figure(path, f"{words}: {path.stem.removeprefix(begins)}.", caption) for path in files]
    return SuitePage(
        title, question, f"{met} of {len(judged)} judged numbers are as they must be.", figures=pictures,
        notes=NOTES.get(run.name, ()), lead=run.name == "jump",
    )  # fmt: skip
