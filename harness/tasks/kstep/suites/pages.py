"""The pages of the suites: question, answer, figures, files."""

from __future__ import annotations

from harness.report.page import Figure, SuitePage, SuiteRun
from harness.report.records import JUDGED

QUESTIONS = {
    "map": ("Linear map", "What frequencies does one macro step give a molecule at its minimum, and is it stable?"),
    "jump": ("Jumps", "How far from the reference are atoms after 1, 10 and 100 macro steps, at what cost?"),
    "nve": ("Constant energy", "Do all runs end, and does the total energy stay, with nothing rescaled?"),
    "temperature": ("Temperature", "Does every element have the temperature of the thermostat?"),
    "spectrum": ("Spectrum", "Are the peaks of all normal modes where small steps have them?"),
}
NOTES = {
    "jump": (
        "Trajectories are chaotic: beyond some hundred femtoseconds two correct ones part, so that positions are "
        "compared over 100 macro steps only.",
    ),
    "nve": ("One trajectory is no measurement of a drift: slopes differ from start to start by more than their mean.",),
}


def present(run: SuiteRun) -> SuitePage:
    """The page of one suite."""
    title, question = QUESTIONS[run.name]
    judged = [record for record in run.records if record.verdict in JUDGED]
    met = sum(not record.unmet for record in judged)
    pictures = [
        Figure(path, f"Error against cost of {path.stem.removeprefix('front_')}.",
               "Left: quantum calls; right: wall time, all of the method inside. Lower left is better.")
        for path in sorted((run.folder / "figures").glob("front_*.png"))
        if run.name == "jump"
    ]  # fmt: skip
    return SuitePage(
        title, question, f"{met} of {len(judged)} judged numbers are as they must be.", figures=pictures,
        notes=NOTES.get(run.name, ()), lead=run.name == "jump",
        harness_targets=("slipped",) if run.name == "detection" else (),
    )  # fmt: skip
