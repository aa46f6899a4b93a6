"""What the suites of this task judge in each tier. All of them belong to the nightly tier."""

from __future__ import annotations

from dataclasses import dataclass

from harness.suites.planned import Number, PlannedTest
from harness.task import Tier
from harness.tasks.tddft.models.learned.data import FIELDS
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS
from harness.tasks.tddft.nwchem.cases import packaged_requests
from harness.tasks.tddft.suites.agreement import same_sum
from harness.tasks.tddft.suites.anchoring import JUDGED_STRENGTHS_AU
from harness.tasks.tddft.suites.claims import EXPERIMENTS
from harness.tasks.tddft.suites.generalisation import POPULATIONS, need
from harness.tasks.tddft.suites.learned import MODELS
from harness.tasks.tddft.suites.packaged import GEOMETRY_HORIZONS_AU, STRENGTHS_AU


@dataclass(frozen=True)
class Plan:
    """Cases of each population of ``generalisation``, of each strength and molecule of ``packaged``, of anchors, of
    each kind of field for the learned propagators."""

    generalisation: int
    packaged: int
    anchoring: int
    learned: int


PLANS: dict[Tier, Plan] = {"nightly": Plan(2, 4, 2, 120), "full": Plan(6, 12, 6, 240)}
DIPOLE = frozenset({"dipole"})
LEARNED = ("learned_mean", "learned_largest")
MOLECULES = tuple(GEOMETRY_HORIZONS_AU)
PEAKS = ("h2_plus", "h2", "lih", "h2o")


def geometry_target(molecule: str) -> str:
    """Polynomials in three variables are less accurate than those in one."""
    return "geometry_h2o" if molecule == "h2o" else "geometry_diatomic"


def own_tests(tier: Tier) -> tuple[PlannedTest, ...]:
    """Every test of the suites of this folder, with the numbers that it judges."""
    if tier not in PLANS:
        return ()
    quad = tuple(Number(target) for target in STRENGTHS_AU.values())
    geometry = tuple(Number(geometry_target(molecule)) for molecule in MOLECULES)
    requests = packaged_requests()
    kinds = ["hf" if one.system.functional == "hf" else "dft" for one in requests if same_sum(one)]
    agreement = {f"agreement_{kind}": kinds.count(kind) for kind in ("hf", "dft")}
    agreement["agreement_real"] = sum(one.real_every > 0 for one in requests)
    agreement["agreement_complex"] = sum(len(one.complex_at) > 0 for one in requests)
    return (
        _test("propagators", "test_agreement", *(Number(target, count) for target, count in agreement.items())),
        _test("propagators", "test_agreement_control", *_missed(*agreement, "agreement_dft")),
        _test("propagators", "test_orders", Number("order_em"), Number("order_cfm4")),
        _test("propagators", "test_peaks", Number("peaks", len(PEAKS))),
        _test("propagators", "test_reversal", Number("reversal_em"), Number("reversal_cfm4")),
        _test("propagators", "test_control",
              *_missed("order_em", "order_cfm4", "peaks", "reversal_em", "reversal_cfm4")),
        _test("packaged", "test_kernel", Number("kernel_hf")),
        _test("packaged", "test_quadratic", *quad, Number("quad_over_kernel", len(STRENGTHS_AU))),
        _test("packaged", "test_geometry", *geometry),
        _test("packaged", "test_learned", *(Number(one, len(FIELDS) * len(MODELS)) for one in LEARNED)),
        _test("packaged", "test_heads", Number("generator_over_density", len(SEEDS))),
        _test("packaged", "test_control", *_missed(
            "kernel_hf", "quad_0_02", "quad_over_kernel", "geometry_h2o"),
              *(Number(one, len(FIELDS) * len(HEADS), expected="miss") for one in LEARNED),
              Number("generator_over_density", expected="miss")),
        _test("generalisation", "test_populations",
              *(Number("over_linear_response", 1, DIPOLE | {need(one)}) for one in POPULATIONS)),
        _test("generalisation", "test_control", *_missed("over_linear_response")),
        _test("anchoring", "test_budget", Number("over_cfm4", len(JUDGED_STRENGTHS_AU))),
        _test("anchoring", "test_control", *_missed("over_cfm4")),
        *(_test("claims", f"test_claim[{one.target}]", Number(one.target), Number(one.target, expected="miss"))
          for one in EXPERIMENTS),
    )  # fmt: skip


def _missed(*targets: str) -> tuple[Number, ...]:
    return tuple(Number(target, expected="miss") for target in targets)


def _test(suite: str, name: str, *numbers: Number) -> PlannedTest:
    return PlannedTest(suite, name, numbers, f"harness.tasks.tddft.suites.test_{suite}")
