"""The pages of the experiments: question, answer in numbers, figures that the tests have written, and caveats."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.report.page import SuitePage, SuiteRun
from harness.suites.cost.run import DOMINATED
from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.spins.metrics import RMSE_I1Z_OF_POPULATIONS, RMSE_M

SCALING = Layout(
    "Cost and error against the number of spins",
    "What does the subject cost and how far off is it, compared with every classical method?",
    (f"mean {RMSE_M.label}", f"mean {RMSE_I1Z_OF_POPULATIONS.label}", f"{DOMINATED}, one system"),
    (
        Picture(
            "figure1_scaling",
            "Time and error against the number of spins, speed-up bars and a table.",
            "Time per system and RMSE of M against N; speed-up over each opponent with the opponent's error; "
            "the table at the largest N. Dotted lines and hatched bars are extrapolated; hollow stars are batches.",
        ),
        Picture(
            "figure1b_front",
            "Error against time per system, one point per method, one panel per size.",
            "The error-cost front: no method left of and below the grey line exists here. Hollow: batched.",
        ),
        Picture(
            "figure1c_observables",
            "Mx, My and I1z over the window, subject dashed on the truth, differences below.",
            "Mx and My beat, I1z leaves spin 1 by spin diffusion.",
        ),
    ),
    ("exp1_scaling.csv", "exp1_scaling.json"),
    (
        "Every speed-up names its opponent and both errors. The hoped factors were meant against Chebyshev. Spinach's "
        "time is what its engine (Octave or MATLAB, as its cache entry says) took when the cache was built, perhaps on "
        "another machine; all others were timed in this run.",
    ),
)
CONSERVATION = Layout(
    "Conservation over 1000 steps",
    "Is what physics conserves conserved, by the methods and by what the subject's outputs determine?",
    ("violation of Σ<I_kz>", "violation of <H>", "violation of |M| ≤ 1", "violation of frame shift"),
    (
        Picture(
            "figure3_conservation",
            "Deviation of trace, energy, purity and hermiticity over 1000 steps per method.",
            "Density operators from (1 + 2 I₁z)/2^N. Grey: Runge-Kutta and Euler on the propagator, the controls, "
            "which must miss the targets (dashed lines).",
        ),
        Picture(
            "figure3b_invariants",
            "Largest violation of each invariant of the subject's outputs.",
            "What the subject's own outputs say over 1000 steps and over 30 ms (what a model learned may reach no "
            "further); where they say nothing, that is written. Dashed: the target of each. Values below 1e-17 are "
            "drawn there.",
        ),
    ),
    ("exp3_conservation.json",),
)
TOPOLOGY = Layout(
    "Topologies",
    "How far off is a model on rings, stars and trees, above all one that has seen only chains?",
    (
        "mean RMSE of M on rings minus that on chains",
        "error increase over chains, ring",
        "error over that of weights trained on rings alone, ring",
        f"mean {RMSE_M.label}",
    ),
    (
        Picture(
            "figure4_topology",
            "RMSE per topology, and the increase over chains with intervals.",
            "a: quartiles and extremes of the RMSE. b: increase of the mean over chains with the same offsets, 95 % "
            "bootstrap intervals; dotted: what the graph costs the pair product, which was never trained.",
        ),
        Picture(
            "figure4b_rings",
            "Increase of the error on rings over chains, against the number of spins.",
            "The ring's increase at every size; grey: what follows from counting alone, since a ring of N spins has N "
            "strings of four where a chain has N - 3.",
        ),
    ),
    ("exp4_topology.csv",),
)
OOD = Layout(
    "Out of distribution",
    "Outside what it was trained on, is the subject's error bounded, and does it say that it is outside?",
    ("mean RMSE over that of the pair product", "AUROC of in against out of distribution"),
    (
        Picture(
            "figure5_ood",
            "RMSE per regime for subject and pair product; AUROC of uncertainty and flag.",
            "a: quartiles and extremes of the RMSE. b: how well uncertainty and domain flag tell each regime from the "
            "one in distribution (1: always, 0.5: never); a regime inside the domain that the subject states has no "
            "number.",
        ),
    ),
    ("exp5_ood.csv",),
    ("Couplings of 1-5 Hz are outside the trained range but easier than it: errors fall there.",),
)
INVERSE = Layout(
    "Inverse problem",
    "How well and how fast do couplings and offsets come back from a noisy FID, and from measured ones?",
    ("RMSE / Cramér-Rao bound", "parameters in the right basin", "processor time of a fit, median"),
    (
        Picture(
            "figure6_inverse",
            "Convergence of J, errors in units of the Cramér-Rao bound, errors of all parameters, time per fit.",
            "Distance of J from the truth, 12.5 Hz, from a start at 5 Hz; errors of all fits of one J against the "
            "normal distribution; error against bound of every offset and coupling; processor time compared with the "
            "same fits with exact and cluster.",
        ),
        Picture(
            "figure6_measured_2-ketobutyrate",
            "Measured and fitted multiplets of 2-ketobutyrate.",
            "2-ketobutyrate, 499.84 MHz: measured, fitted by the exact model, and the difference.",
        ),
        Picture(
            "figure6_measured_gaba",
            "Measured and fitted multiplets of GABA.",
            "GABA, 500.16 MHz: measured, fitted by the exact model, and the difference.",
        ),
    ),
    ("exp6_inverse.json",),
    (
        "Signs of couplings are left out: M does not determine them. Parameters with a bound of 1 Hz or more are "
        "counted, not judged. Measured FIDs last seconds: only the exact forward model goes there.",
    ),
)
UNCERTAINTY = Layout(
    "Uncertainty",
    "Is the stated uncertainty of the right size, and is it large where the error is?",
    ("largest |coverage - level|", "rank correlation of std and error"),
    (
        Picture(
            "figure7_uq",
            "Calibration curve, std against error, sparsification, conformal coverage and its law.",
            "Coverage against level (dashed: one constant width); stated std against error per case; error left when "
            "the most uncertain cases go; conformal coverage (dot), level (tick) and exact 99 % law (bar).",
        ),
    ),
    ("exp7_uq.json",),
    (
        "Fresh bands are calibrated on systems drawn like the test systems: they test the calibration code on any "
        "subject. Shipped bands are the subject's own. Out of distribution nothing is promised.",
    ),
    ("conformal_law",),
)
LIBRARY = Layout(
    "Real molecules",
    "On a thousand real molecules, at a high and a low field: how wrong is the subject, and does it say where?",
    ("wrong answers that nothing reveals", "share of good answers flagged or refused"),
    (
        Picture(
            "figure9_library",
            "Relative error of M against the hardness of each system, one panel per window.",
            "One marker per system and field; hardness is the mean over the spins of their strongest |J|/(|Δν| + |J|): "
            "0 is weak coupling, 1 strong coupling everywhere. Hollow: the subject says itself that it may be wrong. "
            "Errors below 1e-13 are drawn there.",
        ),
    ),
    ("exp9_library.csv",),
    (
        "The truth is exact, shown to be right by what Spinach says of sixty of the systems; of parts that are too "
        "large for it, grown clusters with the error that they state. Wrong means a relative error of M above 1e-2, "
        "good one up to 1e-3. The quick tier takes every tenth system, the others all 1,080.",
    ),
    ("exact_m",),
)
FRESH = Layout(
    "Systems drawn for this run alone",
    "Is the subject as right on systems whose answers no cache holds?",
    ("error of M on fresh systems over that on cached ones",),
    (),
    (),
    (
        "Twelve molecules and eighteen chains are drawn anew in every run (--fresh-seed repeats them) and judged by "
        "the targets of the cached cases. A subject that recites the cache and guesses the rest is the control, and "
        "misses.",
    ),
)
RELAXATION = Layout(
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
DETECTION = Layout(
    "Detection power",
    "Which seeded faults do the suites catch, and do they leave alone what is right?",
    ("seeded faults that slip through", "null faults and correct subjects rejected"),
    (
        Picture(
            "figure8_faults",
            "Matrix of faults against suites: caught, passed or not run.",
            "One row per seeded fault, null fault or correct subject; ✗ marks what is not as it should be.",
        ),
    ),
    ("fault_matrix.csv", "fault_matrix.json"),
    ("The faults are wrapped round exact subjects: this page is about the suites, not about the subject.",),
)


def _page(layout: Layout) -> Callable[[SuiteRun], SuitePage]:
    return partial(page_of, layout)


present_scaling = _page(SCALING)
present_conservation = _page(CONSERVATION)
present_topology = _page(TOPOLOGY)
present_ood = _page(OOD)
present_inverse = _page(INVERSE)
present_uncertainty = _page(UNCERTAINTY)
present_library = _page(LIBRARY)
present_detection = _page(DETECTION)
present_fresh = _page(FRESH)
present_relaxation = _page(RELAXATION)
