"""NWChem: what it is asked, what is read of it, its cache, and its agreement with our own propagator."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from harness.bridge.engine import EngineFault
from harness.bridge.entry_file import CacheFault
from harness.bridge.pins import Pins
from harness.errors import InputError
from harness.tasks.tddft.fields import DeltaStep, Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem import live as live_nwchem
from harness.tasks.tddft.nwchem.answer import ARRAYS, Answer, answer_in
from harness.tasks.tddft.nwchem.cache import PACKAGED, AnswerEntries
from harness.tasks.tddft.nwchem.cases import drawn_requests, packaged_requests
from harness.tasks.tddft.nwchem.deck import deck_of
from harness.tasks.tddft.nwchem.ladder import NOT_NWCHEM, Answers, midpoint
from harness.tasks.tddft.nwchem.live import EXECUTABLE_VARIABLE, NWChemProgram
from harness.tasks.tddft.nwchem.output import GRID_RECORD, orbital_order, read_points, read_real_density, read_rows
from harness.tasks.tddft.nwchem.request import Request, delta_for
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.references import NWChem
from harness.tasks.tddft.structure import structure_of, structure_on
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.trajectory import induced

live = pytest.mark.skipif(not NWChemProgram().probe().usable, reason="NWChem is not installed")
HARTREE_FOCK = [request for request in packaged_requests() if request.system.functional == "hf"]
GRID = AtomicTimeGrid.until(5.0, 0.1, rule="em")


def _stored(request: Request) -> Answer:
    return answer_in(AnswerEntries.read(PACKAGED / f"{request.key}.h5"))


@pytest.mark.parametrize("request_", HARTREE_FOCK, ids=lambda one: f"{one.system.name}-{one.key[:6]}")
def test_our_propagator_gives_what_nwchem_gave(request_: Request) -> None:
    """5e-8 in the dipole is five times what NWChem's tolerances leave; a missing step or sign gives 1e-4 or more."""
    found = midpoint(request_)
    stored = _stored(request_)
    np.testing.assert_allclose(induced(found), stored.induced.T, rtol=0, atol=5e-8)
    np.testing.assert_allclose(found.arrays["energy"], stored.energy, rtol=0, atol=5e-8)


@pytest.mark.parametrize("place", [1, 4])
def test_our_propagator_gives_what_nwchem_gave_on_the_same_points(place: int) -> None:
    """LiH in LDA and the open shell LiH+ in PBE0, at random geometries under random fields."""
    request = drawn_requests(405)[place]
    stored = _stored(request)
    assert stored.points.shape[1] == 4
    assert len(stored.points) > 3000
    found = evolve(structure_on(request.system, stored.points), request.system.field, request.grid, "em")
    assert np.abs(found.induced - stored.induced).max() < 5e-9


def test_drawn_requests_have_short_numbers() -> None:
    """The last digit of a sine depends on the processor; a key that contains it would not be found on another one."""
    for one in drawn_requests(7):
        for number in np.ravel(one.system.positions_bohr):
            assert number == round(number, 6) or one.system.name.startswith("NH3")
        assert one.with_points


def test_real_and_complex_densities_agree() -> None:
    snapshots = real = 0
    for request in HARTREE_FOCK:
        stored, structure = _stored(request), structure_of(request.system)
        if not request.complex_at and not request.real_every:
            continue
        densities = evolve(structure, request.system.field, request.grid, densities=True).densities
        assert densities is not None
        for place, snapshot in zip(request.complex_at, stored.complex_densities, strict=True):
            assert np.abs(structure.from_atomic_orbitals(snapshot) - densities[place]).max() < 1e-7
            snapshots += 1
        if request.real_every:
            ours = structure.to_atomic_orbitals(densities[:: request.real_every])
            assert np.abs(stored.real_densities - np.real(ours)).max() < 5e-7
            real += len(ours)
    assert snapshots >= 7
    assert real >= 20


def test_the_cache_holds_every_request_and_is_whole() -> None:
    entries = AnswerEntries((PACKAGED,))
    assert [fault for _, fault in entries.verify() if fault] == []
    assert {path.stem for path in entries.paths()} == {request.key for request in packaged_requests()}
    assert {answer_in(entries.read(path)).version for path in entries.paths()} == {"7.0.2"}


def test_the_stored_deck_is_the_deck_of_the_request() -> None:
    for request in packaged_requests():
        stored = _stored(request)
        assert stored.deck == "\n".join(deck_of(request, link) for link in range(len(request.links)))
        assert stored.field[0] == pytest.approx(request.system.field.at(0.0), abs=1e-12)


def test_a_deck_says_what_is_wanted() -> None:
    water = replace(load_system("h2o"), functional="lda").under(Pulse(0.02, 0.4, (0, 3, 4), carrier_origin_au=0.0))
    deck = deck_of(Request(water, GRID))
    for line in ("xc slater vwn_5", "grid fine", "tmax 5.15", "dt 0.1", "max 0.012", "max 0.016", "type gaussian",
                 "frequency 0.4", "tolerances zero 1d-8 series 1d-13 interpol 1d-11"):  # fmt: skip
        assert line in deck
    assert deck.count("excite") == 2
    ion = deck_of(Request(load_system("h2_plus").under(DeltaStep(0.01)), GRID))
    assert "odft" in ion
    assert "mult 2" in ion
    small = deck_of(Request(water, GRID, with_points=True))
    assert "grid lebedev 25 5" in small
    assert "grid fine" not in small


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Request(load_system("h2"), GRID), "no exact kick"),
        (lambda: Request(replace(load_system("h2"), basis="cc-pvdz").under(DeltaStep(0.1)), GRID), "6-31g"),
        (lambda: Request(load_system("h2").under(DeltaStep(0.1)), GRID, complex_at=(70,)), "complex_at"),
        (lambda: Request(load_system("h2").under(DeltaStep(0.1)), GRID, 5, (7,)), "two requests"),
        (lambda: deck_of(Request(load_system("h2").under(Pulse(0.1, 0.4)), GRID)), "carrier starts at 0"),
        (lambda: Request(load_system("h2").under(DeltaStep(0.1)), GRID, with_points=True), "with_points = True"),
    ],
)
def test_what_nwchem_cannot_do_is_refused(make: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make()  # type: ignore[operator]


def test_a_truncated_output_is_refused() -> None:
    row = "rt  {:9.5f}   0.000E+000   0.000E+000   1.500E-003     # Dipole moment [system]"
    text = "\n".join(row.format(0.1 * k) for k in range(30)) + "\nsilly accgauss error"
    with pytest.raises(InputError, match=r"no dipole at t = 3 au, 30 of 51 rows .*silly accgauss"):
        read_rows(text, GRID.times_au)


def test_a_truncated_density_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"0" * 100)
    with pytest.raises(InputError, match="100 bytes where 160 are due"):
        read_real_density(tmp_path / "p", load_system("h2"), 4)


def test_points_are_read_from_whole_records_alone(tmp_path: Path) -> None:
    """Two records as NWChem writes them: a row about the record, then groups of points, each after a row of its own."""
    first, second = np.arange(20.0).reshape(5, 4), np.arange(12.0).reshape(3, 4) + 100
    path = tmp_path / "gridpts"
    path.write_bytes(_record([first, second]) + _record([second]))
    np.testing.assert_array_equal(read_points(path), np.concatenate([first, second, second]))
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(InputError, match="no whole records: it is truncated"):
        read_points(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="it has no points: it is truncated"):
        read_points(path)


def test_a_grid_that_nwchem_did_not_write_is_refused(tmp_path: Path) -> None:
    system = replace(load_system("h2"), functional="lda").under(DeltaStep(0.01))
    with pytest.raises(InputError, match=r"wrote no job\.gridpts\.0: it kept its grid in memory"):
        live_nwchem._points(tmp_path, Request(system, GRID, with_points=True))
    assert live_nwchem._points(tmp_path, Request(system, GRID)).shape == (0, 4)


def _record(groups: list[np.ndarray]) -> bytes:
    rows = np.zeros((GRID_RECORD, 4))
    place = 1
    for points in groups:
        rows[place, :2] = len(points), 3.0
        rows[place + 1 : place + 1 + len(points)] = points
        place += 1 + len(points)
    rows[0] = 1, place, 3.0, len(groups)
    return rows.tobytes() + bytes(8)


def test_orbitals_are_put_in_order() -> None:
    np.testing.assert_array_equal(orbital_order(load_system("lih")), [0, 1, 5, 2, 3, 4, 6, 7, 8, 9, 10])


@pytest.mark.parametrize("damage", ["byte", "truncated", "name"])
def test_damaged_answers_are_refused(tmp_path: Path, damage: str) -> None:
    request, other = HARTREE_FOCK[0], HARTREE_FOCK[1]
    path = tmp_path / f"{request.key}.h5"
    content = bytearray((PACKAGED / f"{(other if damage == 'name' else request).key}.h5").read_bytes())
    if damage == "byte":
        content[-100] ^= 1
    path.write_bytes(content[:5000] if damage == "truncated" else content)
    entries = AnswerEntries((tmp_path,))
    with pytest.raises(CacheFault, match="name does not fit" if damage == "name" else "damaged"):
        entries.find(request.recorded)
    assert len([fault for _, fault in entries.verify() if fault]) == 1


def test_a_changed_answer_in_the_package_is_not_the_package_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other numbers with a checksum that fits: the pin sees it."""
    request = HARTREE_FOCK[0]
    changed = replace(_stored(request), dipole=_stored(request).dipole + 1e-3)
    monkeypatch.setattr(AnswerEntries, "pins", Pins(PACKAGED.with_name("nwchem_cache.sha256"), lambda: tmp_path))
    entries = AnswerEntries((tmp_path,))
    (tmp_path / f"{request.key}.h5").write_bytes(entries.content_of(changed.recorded))
    with pytest.raises(CacheFault, match="not the entry that comes with this package"):
        entries.find(request.recorded)


@pytest.mark.parametrize("damage", ["", "number", "schema", "truncated", "name"])
def test_entries_of_the_first_format_are_read_and_checked(tmp_path: Path, damage: str) -> None:
    request = HARTREE_FOCK[0]
    path = tmp_path / f"{(HARTREE_FOCK[1] if damage == 'name' else request).key}.h5"
    _write_first_format(path, _stored(request), "tddft-nwchem-0" if damage == "schema" else "tddft-nwchem-1")
    if damage == "number":
        with h5py.File(path, "r+") as file:
            dipole: Any = file["dipole"]
            dipole[3, 2] += 1e-9
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    entries = AnswerEntries((tmp_path,))
    if not damage:
        found = entries.find(request.recorded)
        assert found is not None
        np.testing.assert_array_equal(answer_in(found).dipole, _stored(request).dipole)
        assert answer_in(found).deck == _stored(request).deck
        return
    words = {"number": "checksum", "schema": "not known", "truncated": "cannot be read", "name": "name does not fit"}
    (fault,) = [fault for _, fault in entries.verify()]
    assert words[damage] in fault


def _write_first_format(path: Path, answer: Answer, schema: str) -> None:
    """As the first version of this task wrote an answer."""
    request = answer.request
    head = {
        "schema": schema, "key": request.key, "system": request.system.as_dict(), "points": request.grid.points,
        "dt_au": request.grid.dt_au, "real_every": request.real_every, "complex_at": list(request.complex_at),
        "version": answer.version, "deck": answer.deck, "seconds": answer.seconds,
    }  # fmt: skip
    text = json.dumps(head, sort_keys=True)
    digest = hashlib.sha256(text.encode())
    with h5py.File(path, "w") as file:
        for name in ARRAYS:
            array = np.ascontiguousarray(getattr(answer, name))
            digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode() + array.tobytes())
            file.create_dataset(name, data=array)
        file.attrs["head"], file.attrs["sha256"] = text, digest.hexdigest()


def test_the_ladder_ends_in_a_refusal_that_names_every_rung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EXECUTABLE_VARIABLE, "no-such-nwchem")
    request = Request(load_system("h2").under(DeltaStep(0.013)), GRID)
    with pytest.raises(InputError) as caught:
        Answers.open(tmp_path).answer(request)
    for words in ("no cached entry for H2 hf", "nwchem: no-such-nwchem is not on the path", "apt-get install"):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    fallen = Answers.open(tmp_path, allow_fallback=True).answer(request)
    assert fallen.provenance.method == "em"
    assert fallen.provenance.details["remark"] == NOT_NWCHEM
    cached = Answers.open(tmp_path, allow_fallback=True).answer(HARTREE_FOCK[0])
    assert (cached.provenance.method, cached.provenance.version) == ("nwchem", "7.0.2")


def test_a_run_without_nwchem_and_cache_says_first_that_it_validates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EXECUTABLE_VARIABLE, "no-such-nwchem")
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    found = NWChem().resolution(live=True, allow_fallback=True)
    assert found.why.startswith("no validation against NWChem")
    assert (found.is_requested, found.used) == (False, "em")
    with pytest.raises(InputError, match=r"no-such-nwchem is not on the path.*--allow-fallback"):
        NWChem().resolution(live=True, allow_fallback=False)
    assert NWChem().resolution(live=False, allow_fallback=False).is_requested


@live
def test_live_nwchem_along_a_direction_in_a_chain(tmp_path: Path) -> None:
    system = load_system("h2").under(DeltaStep(0.01, (1.0, 0.0, 2.0)))
    request = Request(system, AtomicTimeGrid.until(2.0, 0.1, rule="em"), complex_at=(7, 20))
    answer = Answers.open(tmp_path, live=True).answer(request)
    np.testing.assert_allclose(induced(answer), induced(midpoint(request)), rtol=0, atol=1e-8)
    assert answer.provenance.details["rung"] == "live"
    stored = Answers.open(tmp_path).entries.find(request.recorded)
    assert stored is not None
    assert stored.arrays["complex_densities"].shape == (2, 1, 4, 4)


@live
def test_live_nwchem_gives_the_points_of_its_grid(tmp_path: Path) -> None:
    """Sum of the density over the points: two electrons; the propagation on them agrees."""
    system = replace(load_system("h2"), functional="pbe").under(DeltaStep(0.01, (1.0, 0.0, 2.0)))
    request = Request(system, AtomicTimeGrid.until(2.0, 0.1, rule="em"), with_points=True)
    Answers.open(tmp_path, live=True).answer(request)
    entry = Answers.open(tmp_path).entries.find(request.recorded)
    assert entry is not None
    stored = answer_in(entry)
    made = structure_on(system, stored.points)
    assert made.quadrature is not None
    density = made.quadrature.basis[0] @ made.ground[0].real
    electrons = 2 * (stored.points[:, 3] * (density * made.quadrature.basis[0]).sum(axis=1)).sum()
    assert electrons == pytest.approx(2.0, abs=1e-3)
    found = evolve(made, system.field, request.grid, "em")
    assert np.abs(found.induced - stored.induced).max() < 1e-9


@live
def test_live_nwchem_that_hangs_is_killed() -> None:
    request = Request(load_system("h2o").under(DeltaStep(0.01)), AtomicTimeGrid.until(1000.0, 0.1, rule="em"))
    with pytest.raises(EngineFault, match="it was killed"):
        NWChemProgram(request).run(request.recorded, limit_s=0.5)


def test_a_kick_becomes_a_field_of_the_same_impulse() -> None:
    """At a small step the two agree to first order in the step."""
    structure = structure_of(load_system("h2"))
    kick, grid = Kick(1e-3), AtomicTimeGrid.until(4.0, 0.02, rule="em")
    exact = evolve(structure, kick, grid).induced
    spread = evolve(structure, delta_for(kick, 0.02), grid).induced
    assert np.abs(exact - spread).max() < 0.02 * np.abs(exact).max()
