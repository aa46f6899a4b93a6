"""The page of the suite."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Systems that relax",
    "Does the subject relax as Spinach says, to the equilibrium that is stated?",
    ("largest error of M, made systems", "relative L2 error of M, six protons of strychnine"),
    (
        Picture(
            "figure10_strychnine",
            "Spectrum of strychnine by Spinach and by this package, their difference, three multiplets.",
            "a: Spinach, and the same basis computed here. b to d: what complete rates change (heights and widths).",
        ),
    ),
    (),
    (
        "Made systems and six protons of strychnine are judged in complete bases. Spinach's IK-2 for all of strychnine "
        "loses relaxation with what leaves its basis: two levels of it differ by 14 % in M over 1.3 s, so that it is "
        "compared with the same basis, and is no truth.",
    ),
    ("reference_small", "reference_whole", "slipped"),
)


def present(run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(LAYOUT, run)
