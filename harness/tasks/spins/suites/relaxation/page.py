"""The page of the suite."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.spins.suites.relaxation.measure import SMALL_METRIC
from harness.tasks.spins.suites.relaxation.noe import METRIC

LAYOUT = Layout(
    "Systems that relax",
    "Does the subject relax as Spinach says, to the equilibrium that is stated?",
    (
        SMALL_METRIC, "relative L2 error of M, molecules", METRIC, "relative L2 error of the spectrum over 0.5-8.5 ppm",
        "largest relative error of a line width", "relative L2 difference of M between Spinach's two largest bases",
    ),
    (
        Picture(
            "figure10_strychnine",
            "Spectrum of strychnine by Spinach and by this package, their difference, three multiplets.",
            "a: Spinach in its largest basis, and the same basis computed here. b to d: the protons H22, H11b and "
            "H15b; Spinach (black) and the same basis (dashed) agree, complete rates broaden the lines. 1.26 s at "
            "natural line widths: the ripples at the feet of lines are those of an FID that ends.",
        ),
        Picture(
            "figure10_front",
            "Error against processor time, one point per method, one panel per system.",
            "Hollow: Spinach's time as its cache entry states it. No method lies left of and below the grey line; "
            "Spinach in a complete basis is the truth (drawn at 1e-16).",
        ),
        Picture(
            "figure10_generalisation",
            "Error over correlation times, and the build-up of the NOE of two spins for three of them.",
            "a: from extreme narrowing to slow tumbling. b: the build-up is negative in small molecules, positive in "
            "large ones.",
        ),
        Picture(
            "figure10_faults",
            "Deviation of every fault and every harmless change on every system, with the limit.",
            "Filled: faults, which must lie right of the limit. Hollow: right answers, which must lie left of it.",
        ),
    ),
    ("exp10_front.csv", "exp10_faults.csv"),
    (
        "Made systems, amino acids and six protons of strychnine are judged in complete bases. For all of strychnine "
        "every basis in which Spinach has computed it loses relaxation with what leaves the basis. The largest is the "
        "reference, with which the same basis is compared; how far it is from the next smaller basis and from complete "
        "rates is recorded.",
        "A Redfield matrix with rlx_keep \"kite\" gives no positive map of three spins that tumble slowly: the "
        "lowest eigenvalue of its Choi matrix is recorded.",
    ),
    (
        "reference_small", "reference_cold", "reference_sparse", "reference_noe", "reference_gain",
        "reference_equilibrium", "reference_one_spin", "reference_trace", "reference_positive", "reference_tau_c",
        "reference_front", "reference_whole", "slipped", "rejected", "whole_spectrum", "line_widths", "integrals",
        "whole_missed", "whole_refused", "library_uncovered", "no_room",
    ),
)  # fmt: skip


def present(run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(LAYOUT, run)
