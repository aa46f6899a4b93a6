"""Spinach is given the molecule itself: what is asked, how it is kept, and that exact says the same of the molecule."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach import Entry, MoleculeRequest, SpinachCache, find_spinach
from harness.tasks.spins.spinach.contract import Answer, read_answers, write_requests
from harness.tasks.spins.spinach.entry import read_entry
from harness.tasks.spins.spinach.faults import MFileError, ResultFault
from harness.tasks.spins.spinach.laboratory import MADE, made
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.plan import LABORATORY, full_plan, select
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import STANDARD_GRID, Molecule
from harness.tasks.spins.systems.isotopes import ISOTOPES, gyromagnetic_ratio
from tests.bridge.conftest import made_up_entry
from tests.bridge.test_contract import good_job, written

GRID = TimeGrid(40, 1e-3)
EVERY = ("m", "i1z", "spin_signals", "spin_polarisations")
PLAN = {item.case: item.request for item in select(full_plan(), [LABORATORY])}


def pair(**changes: Any) -> Molecule:
    given: dict[str, Any] = {
        "name": "pair", "source": "file", "labels": ("N", "H"), "isotopes": ("15N", "1H"), "groups": ("N", "H"),
        "shifts_ppm": np.array([120.0, 8.0]), "couplings_hz": np.array([[0, -90.0], [-90.0, 0]]), "observed": "15N",
    }  # fmt: skip
    return Molecule(**given | changes)


def requesting(molecule: Molecule | None = None, field_t: float = 2.35, **more: Any) -> MoleculeRequest:
    return MoleculeRequest.of_molecule(molecule or pair(), field_t, GRID, **more)


def in_our_frame(request: MoleculeRequest, ratios: dict[str, float]) -> SpinSystem:
    return request.molecule.at(request.options.magnet_t, dict(request.carriers_ppm), ratios)


@pytest.mark.parametrize(
    "other",
    [
        requesting(pair(shifts_ppm=np.array([np.nextafter(120.0, 121), 8.0])), carrier_ppm={"15N": 120.0}),
        requesting(pair(couplings_hz=np.array([[0, 90.0], [90.0, 0]])), carrier_ppm={"15N": 120.0}),
        requesting(pair(isotopes=("29Si", "1H"), observed="29Si")),
        requesting(pair(observed="1H"), carrier_ppm={"15N": 120.0}),
        requesting(pair(tagged_spin=1), carrier_ppm={"15N": 120.0}),
        requesting(field_t=9.4, carrier_ppm={"15N": 120.0}),
        requesting(carrier_ppm={"15N": 119.0}),
        requesting(carrier_ppm={"15N": 120.0, "1H": 7.0}),
    ],
    ids=["shift", "coupling", "isotope", "observed", "tagged", "field", "carrier", "carrier of another isotope"],
)
def test_a_key_depends_on_everything_that_is_requested(other: MoleculeRequest) -> None:
    requested = requesting(carrier_ppm={"15N": 120.0})
    assert requested.family == requesting().family, "one spin: its shift is the middle of the shifts"
    assert other.family != requested.family


def test_names_do_not_enter_a_key_and_a_system_in_our_frame_is_another_question() -> None:
    requested = requesting()
    renamed = requesting(pair(name="x", source="y", labels=("A", "B"), groups=("A", "B")))
    assert renamed.family == requested.family
    assert Request.of(requested.system, GRID, options=requested.options).family != requested.family


def test_a_key_is_the_same_on_every_machine() -> None:
    """A golden value: if it changes, entries are stale; change MOLECULE_SEMANTICS then, not only this line."""
    golden = "d0f07f2e1400751ea635e2b65de537dc6eb09c0c4c19a77ddd869f70b80033d5"
    assert requesting().key("spinach-octave", "213f44da") == golden


def test_what_the_molecule_refuses_is_refused() -> None:
    for more, message in (({"field_t": 0.0}, "field_t"), ({"carrier_ppm": {"13C": 1.0}}, "carrier for '13C'")):
        with pytest.raises(InputError, match=message):
            requesting(**more)
    with pytest.raises(InputError, match="at least 2"):
        MoleculeRequest.of_molecule(pair(), 2.35, TimeGrid(1, 1e-3))


def test_the_engine_is_given_the_molecule_and_no_offset_of_ours(tmp_path: Path) -> None:
    from scipy.io import loadmat

    path = tmp_path / "request.mat"
    write_requests(path, [requesting(carrier_ppm=118.0)], "spinach", "/root", tmp_path)
    job = loadmat(path, simplify_cells=True)["request"]["jobs"]
    assert "offsets_hz" not in job
    np.testing.assert_array_equal(job["shifts_ppm"], [120.0, 8.0])
    np.testing.assert_array_equal(job["couplings_hz"], [[0, -90.0], [-90.0, 0]])
    assert (list(job["carrier_isotopes"]), list(job["carriers_ppm"])) == (["15N", "1H"], [118.0, 8.0])
    assert job["magnet_t"] == 2.35


def test_an_answer_without_gyromagnetic_ratios_is_refused(tmp_path: Path) -> None:
    protons = pair(isotopes=("1H", "1H"), observed="1H")
    requested = MoleculeRequest.of_molecule(protons, 2.35, TimeGrid(5, 1e-3), observables=EVERY)
    (fault,) = read_answers(written(tmp_path, good_job()), [requested])
    assert isinstance(fault, ResultFault)
    assert "gyromagnetic_ratios" in str(fault)
    (answer,) = read_answers(written(tmp_path, good_job() | {"gyromagnetic_ratios": np.ones(2)}), [requested])
    assert isinstance(answer, Answer)


def test_an_entry_comes_back_as_it_was_written(tmp_path: Path) -> None:
    requested = requesting(carrier_ppm={"15N": 118.0, "1H": 7.5})
    blank = made_up_entry(requested.system)
    answer = replace(blank.answer, gyromagnetic_ratios=np.array([-2.7e7, 2.7e8]))
    entry = Entry(requested, answer, blank.engine, blank.commit, blank.details, LABORATORY, "pair")
    back = read_entry(SpinachCache((tmp_path,)).store(entry))
    assert isinstance(back.request, MoleculeRequest)
    assert back.key == entry.key
    assert back.request.carriers_ppm == requested.carriers_ppm
    molecule = back.request.molecule
    assert (molecule.name, molecule.source, molecule.groups) == ("pair", "file", ("N", "H"))
    np.testing.assert_array_equal(molecule.shifts_ppm, requested.molecule.shifts_ppm)
    np.testing.assert_array_equal(molecule.couplings_hz, requested.molecule.couplings_hz)
    trajectory = SpinachCache((tmp_path,)).lookup(requested)
    assert trajectory is not None
    assert trajectory.provenance.details["gyromagnetic_ratios"] == {"15N": -2.7e7, "1H": 2.7e8}
    np.testing.assert_array_equal(trajectory.m, answer.m)


def test_an_entry_of_a_system_says_nothing_of_molecules(tmp_path: Path) -> None:
    """What earlier versions wrote and read: neither arrays nor header have anything new."""
    path = SpinachCache((tmp_path,)).store(made_up_entry())
    with h5py.File(path, "r") as file:
        header = json.loads(str(file.attrs["entry"]))
        assert "molecule" not in header
        assert set(file) == {
            "offsets_hz", "couplings_hz", "offsets_used_hz", "couplings_used_hz", "mx", "my", "i1z",
        }  # fmt: skip


def test_the_plan_holds_what_the_convention_is_judged_on() -> None:
    observed = {request.system.observed for request in PLAN.values()}
    assert {"15N", "29Si", "1H", "19F"} == observed
    for name in ("glycine", "alanine", "valine", "glycine-13c", *(name.replace(",", "") for name in MADE)):
        fields = {r.options.magnet_t for case, r in PLAN.items() if case.startswith((f"{name}.", f"{name} "))}
        assert len(fields) == (3 if name.startswith("hydrazine") else 2), name


@pytest.mark.parametrize("case", PLAN)
def test_exact_says_of_the_molecule_what_spinach_says(case: str) -> None:
    request = PLAN[case]
    assert isinstance(request, MoleculeRequest)
    predicted = SpinachCache.open(packaged=True).lookup(request)
    assert predicted is not None, "not in the packaged cache: harness cache build --role laboratory"
    system = in_our_frame(request, predicted.provenance.details["gyromagnetic_ratios"])
    exact = simulate(system, request.grid, "exact", request.observables)
    for name in request.observables:
        np.testing.assert_allclose(getattr(exact, name), getattr(predicted, name), atol=1e-8, err_msg=name)
    # What Spinach says that it used is told in our frame too; it rounds Larmor frequencies of 2e8 Hz.
    np.testing.assert_allclose(predicted.provenance.details["offsets_used_hz"], system.offsets_hz, atol=1e-7)
    np.testing.assert_allclose(predicted.provenance.details["couplings_used_hz"], system.couplings_hz, atol=1e-11)


@pytest.mark.parametrize("case", [case for case, r in PLAN.items() if r.system.observed in ("15N", "29Si")])
def test_couplings_of_the_laboratory_in_our_frame_miss(case: str) -> None:
    """The negative control: what this package did before it knew of the sign."""
    request = PLAN[case]
    assert isinstance(request, MoleculeRequest)
    predicted = SpinachCache.open(packaged=True).lookup(request)
    assert predicted is not None
    system = in_our_frame(request, predicted.provenance.details["gyromagnetic_ratios"])
    unturned = system.with_(couplings_hz=request.molecule.couplings_hz)
    wrong = simulate(unturned, request.grid, "exact", request.observables)
    assert np.abs(wrong.m - predicted.m).max() > 1e-4
    reached = [k for k, isotope in enumerate(system.isotopes) if isotope != system.isotopes[system.tagged_spin]]
    if np.abs(predicted.spin_polarisations[reached]).max() > 1e-6:
        assert np.abs(wrong.spin_polarisations - predicted.spin_polarisations).max() > 1e-6


def test_ratios_of_spinach_are_ours_within_a_thousandth() -> None:
    for request in PLAN.values():
        predicted = SpinachCache.open(packaged=True).lookup(request)
        assert predicted is not None
        for isotope, ratio in predicted.provenance.details["gyromagnetic_ratios"].items():
            assert ratio == pytest.approx(gyromagnetic_ratio(isotope), rel=1e-3)


def test_without_spinach_the_fallback_answers_as_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINACH_ROOT", raising=False)
    requested = requesting(made("diazine, 15N observed"))
    answer = reference("spinach", allow_fallback=True, cache_dir=tmp_path).answer(requested)
    assert answer.provenance.method == "exact"
    assert answer.provenance.details["fallback_for"] == "spinach"
    np.testing.assert_array_equal(answer.m, simulate(requested.system, GRID).m)


def test_answers_about_molecules_are_not_offered_as_systems_in_our_frame() -> None:
    """Who asks for alanine at 2.35 T in our frame is not told that it is there."""
    predicted = SpinachCache.open(packaged=True).like(load_molecule("alanine").at(2.35))
    assert "9.4 T" in predicted
    assert "2.35 T" not in predicted


@pytest.mark.spinach
def test_live_fresh_molecules_of_any_isotopes_agree() -> None:
    """A new seed every day. 2 to 5 spins, couplings of both signs, spins of one isotope within 30 Hz."""
    rng = np.random.default_rng(int(time.time() // 86400))
    requests = []
    for k in range(12):
        n = int(rng.integers(2, 6))
        isotopes = tuple(str(i) for i in rng.choice(ISOTOPES, n))
        isotopes = (("15N", "29Si", "1H")[k % 3], *isotopes[1:])
        per_hz = np.array([1e6 / abs(gyromagnetic_ratio(i)) * 2 * np.pi / 2.35 for i in isotopes])
        shifts = np.array([5.0 * ISOTOPES.index(i) for i in isotopes]) + rng.uniform(-15, 15, n) * per_hz
        couplings = np.triu(rng.uniform(-30, 30, (n, n)), 1)
        labels = tuple(f"S{i}" for i in range(n))
        molecule = Molecule("fresh", "drawn", labels, isotopes, labels, shifts, couplings + couplings.T,
                            int(rng.integers(n)), isotopes[0])  # fmt: skip
        requested = MoleculeRequest.of_molecule(molecule, 2.35, STANDARD_GRID, observables=EVERY)
        spherical = replace(requested.options, formalism="sphten-liouv")
        requests.append(replace(requested, options=spherical) if k % 2 else requested)
    answers = OctaveBatch().run(requests, "spinach", str(find_spinach().root))
    for request, answer in zip(requests, answers, strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert answer.gyromagnetic_ratios is not None
        ratios = dict(zip(request.system.isotopes, answer.gyromagnetic_ratios.tolist(), strict=True))
        exact = simulate(in_our_frame(request, ratios), request.grid, "exact", EVERY)
        for name in EVERY:
            np.testing.assert_allclose(getattr(answer, name), getattr(exact, name), atol=1e-8, err_msg=name)


@pytest.mark.spinach
def test_live_a_carrier_that_belongs_to_no_spin_is_an_error() -> None:
    wrong = replace(requesting(), carriers_ppm=(("13C", 20.0), ("15N", 120.0)))
    (fault,) = OctaveBatch().run([wrong], "spinach", str(find_spinach().root))
    assert isinstance(fault, MFileError)
    assert "carrier_isotopes must name each isotope once" in str(fault)
