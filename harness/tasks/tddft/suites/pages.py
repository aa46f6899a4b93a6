"""The pages of the suites of this task: question, answer, figures, files."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.tddft.suites.claims import EXPERIMENTS

LAYOUTS = {
    "generalisation": Layout(
        "Generalisation",
        "Where does the subject still beat linear response, if one thing is changed at a time?",
        ("largest error over that of linear response",),
        (
            Picture(
                "generalisation",
                "Errors of the subject, of linear response and of the frozen Fock matrix on every population.",
                "Pulses of E0 = 0.02 in any direction on H2O in LDA and 6-31G, unless the label states another. One "
                "point for each case; errors below 1e-7 are drawn there.",
            ),
        ),
        ("generalisation.csv",),
        ("Populations outside what the subject states that it is made for are recorded and not judged.",),
    ),
    "packaged": Layout(
        "Packaged models",
        "Do the packaged models keep what is stated of them, on pulses and geometries that none of them has seen?",
        (), (), (),
        ("These numbers are about the models of the package, whatever the subject of the run is.",),
        ("kernel_hf", "quad_0_005", "quad_0_02", "quad_0_05", "quad_0_1", "quad_over_kernel", "geometry_h2o",
         "geometry_diatomic", "learned_mean", "learned_largest", "generator_over_density"),
    ),
    "anchoring": Layout(
        "Re-anchoring",
        "How small is the error for a number of true Fock matrices, compared with cfm4 with as many?",
        (),
        (
            Picture(
                "anchoring",
                "Error against the number of true Fock matrices, one panel for each field strength.",
                "H2O in LDA, fresh pulses, 50 au. The kernel corrected by true Fock matrices at fixed intervals, or "
                "where the anchor defect calls for it, and cfm4 in larger steps. Dotted: the kernel without any.",
            ),
        ),
        ("anchoring.csv",),
        ("The correction varies through the whole trajectory, so that the anchor defect saves no Fock matrices against "
         "a fixed interval; it only finds the interval for an accuracy.",),
        ("over_cfm4",),
    ),
    "propagators": Layout(
        "Our own propagators",
        "Have em and cfm4 the orders, the reversibility and the peaks of formulas, and does em agree with NWChem?",
        (), (), (),
        ("Functionals are summed on quadrature grids, which the two programs choose differently. Judged are the cases "
         "in which our propagator sums over the points of NWChem; where each program has a grid of its own the "
         "difference is that of the grids, and is recorded.",),
        ("agreement_hf", "agreement_dft", "agreement_real", "agreement_complex",
         "order_em", "order_cfm4", "peaks", "reversal_em", "reversal_cfm4"),
    ),
    "claims": Layout(
        "Claims that do not hold",
        "Which claims of the field do not hold, and what is done instead?",
        (), (), (),
        tuple(f"“{one.claim}” does not hold. Instead: {one.instead}." for one in EXPERIMENTS),
        tuple(one.target for one in EXPERIMENTS),
    ),
}  # fmt: skip


def present(run: SuiteRun) -> SuitePage:
    """The page of one suite."""
    return page_of(LAYOUTS[run.name], run)
