"""What a run leaves out beforehand: by what the subject declares, and never by what it turns out to lack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.subjects import NamedSubject, load_subject
from harness.suites import conservation, ood, uncertainty
from harness.suites.capabilities import states_uncertainty
from harness.suites.conservation.laws import undetermined as undetermined_of
from harness.tasks.spins.answers import OUTPUTS
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.conservation import plan as of_conservation
from harness.tasks.spins.suites.conservation.laws import LAWS, NOT_DETERMINED
from harness.tasks.spins.suites.declared import outputs_of
from harness.tasks.spins.suites.excluded import exclusions
from harness.tasks.spins.suites.inverse.measured import VARIABLE
from harness.tasks.spins.suites.ood import plan as of_ood
from harness.tasks.spins.suites.uncertainty import plan as of_uncertainty
from harness.tasks.spins.systems import SpinSystem, TimeGrid

ALL = ("conservation", "ood", "uncertainty", "topology", "inverse")


def undetermined(one):
    """Names of the laws that the outputs of a subject do not determine."""
    return undetermined_of(LAWS, one)


class Declares:
    """A model that says which observables it has, and gives fewer where ``keeps_back``."""

    name = "declares"

    def __init__(self, observables: tuple[str, ...], keeps_back: bool = False) -> None:
        self.observables, self.keeps_back = observables, keeps_back

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables=("m", "i1z")):
        from harness.tasks.spins.references import reference

        given = [o for o in observables if not (self.keeps_back and o == "spin_polarisations")]
        return reference("exact").simulate(system, grid, tuple(given))


def subject(*observables: str, keeps_back: bool = False) -> NamedSubject:
    return NamedSubject("declares", "reference", Declares(observables, keeps_back), {})


def test_density_operators_are_excluded_for_every_subject() -> None:
    for name in ("spin-graph", "exact", "fno"):
        assert set(NOT_DETERMINED) <= set(undetermined(load_subject(name)))


def test_what_is_declared_is_requested_and_what_is_not_is_excluded() -> None:
    plain, rich = subject("m", "i1z"), subject("m", "i1z", "spin_signals", "spin_polarisations")
    assert set(undetermined(plain)) - set(undetermined(rich)) == {"mean of spin signals = M", "Σ<I_kz>"}
    plan = replace(of_conservation.plan_of(3, 3, 4), grids=(TimeGrid(60, 1e-4),))
    for one in (plain, rich):
        claims = conservation.run(one, plan).claims
        stated = {c.measurement.metric.removeprefix("violation of ") for c in claims}
        assert not stated & set(undetermined(one))
        assert all(c.measurement.determined for c in claims)
        assert stated | set(undetermined(one)) >= set(of_conservation.QUICK.targets())


def test_what_was_declared_and_is_not_given_is_not_excluded() -> None:
    """A subject cannot get rid of a check by keeping back what it says that it gives."""
    shy = subject("m", "i1z", "spin_signals", "spin_polarisations", keeps_back=True)
    assert "Σ<I_kz>" not in undetermined(shy)
    claims = conservation.run(shy, replace(of_conservation.plan_of(3, 3, 4), grids=(TimeGrid(60, 1e-4),))).claims
    (sums,) = [c for c in claims if c.measurement.metric == "violation of Σ<I_kz>"]
    assert sums.target == "total_polarisation"
    assert not sums.measurement.determined


def test_uncertainties_are_requested_of_surrogates_alone() -> None:
    assert states_uncertainty(load_subject("spin-graph"))
    assert states_uncertainty(load_subject("fno"))
    formula = load_subject("pair-product")
    assert not states_uncertainty(formula)
    found = uncertainty.run(formula, of_uncertainty.plan_of(3, 80, 80, 20), exact_truths())
    found.claims.extend(ood.run(formula, of_ood.plan_of(3, 4, 4), exact_truths()).claims)
    assert all(claim.measurement.determined for claim in found.claims)
    assert not {c.target for c in found.claims} & {"std_gap", "std_ranks", "flagged", "shipped_coverage_90"}
    left_out = {(one.suite, one.what) for one in exclusions(formula, {}, ALL)}
    assert {("ood", "does it say that it is outside?"), ("uncertainty", "coverage of shipped bands")} <= left_out


@pytest.mark.parametrize("variable", ["", "/somewhere"])
def test_measured_fids_are_excluded_where_no_folder_is_named(variable: str) -> None:
    named = {one.what for one in exclusions(load_subject("spin-graph"), {VARIABLE: variable}, ALL)}
    assert ("³J of measured FIDs" in named) == (variable == "")


def test_a_run_lists_only_what_belongs_to_its_suites() -> None:
    found = exclusions(load_subject("exact"), {}, ("conservation",))
    assert {one.suite for one in found} == {"conservation"}
    assert exclusions(load_subject("exact"), {}, ()) == ()


def test_a_foreign_subject_has_the_outputs_of_its_interface() -> None:
    class Foreign:
        name, offers = "foreign", frozenset(OUTPUTS)

    assert outputs_of(Foreign()) == {"m", "i1z"}
    assert {"Σ<I_kz>", "<H>"} <= set(undetermined(Foreign()))
