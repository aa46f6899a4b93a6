"""The common part of a bridge, with a production code of its own: cache, engine, refusal, pins, builds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.bridge.engine import EngineFault, ResultFault
from harness.bridge.entry_file import BLOCK, CacheFault, EntryFormat
from harness.bridge.folders import user_folder
from harness.bridge.pins import Pins, pins_of
from harness.bridge.production_code import ProductionCode
from harness.bridge.recorded import Recorded, Request
from harness.bridge.rungs import Ladder, Rung, cache_rung, engine_rungs, fallback_rung
from harness.errors import InputError
from tests.bridge.interest import Bank, BankEntries

TEN_YEARS = Request({"years": 10, "rate": 0.05}, "ten years")


@pytest.fixture
def entries(tmp_path: Path) -> BankEntries:
    return BankEntries((tmp_path / "bank",))


def recorded(request: Request = TEN_YEARS, value: float = 1.0) -> Recorded:
    """An entry that no program made."""
    return Recorded(request, {"deposit": np.full(request.fields["years"] + 1, value)}, {"version": "0"})


def test_what_is_missing_is_computed_once_and_then_read(entries: BankEntries) -> None:
    bank = Bank()
    code = ProductionCode("the bank", entries, (bank,))
    computed, read = code.answer(TEN_YEARS), code.answer(TEN_YEARS)
    assert bank.runs == 1
    np.testing.assert_allclose(computed.arrays["deposit"], 1.05 ** np.arange(11), rtol=1e-14)
    np.testing.assert_array_equal(read.arrays["deposit"], computed.arrays["deposit"])
    assert read.provenance == computed.provenance
    assert (computed.path, read.path) == (None, entries.folders[0] / f"{TEN_YEARS.key}.h5")
    assert read.request.case == "ten years"


def test_a_live_run_computes_what_the_cache_holds(entries: BankEntries) -> None:
    entries.store(recorded(value=7.0))
    assert ProductionCode("the bank", entries, (Bank(),)).answer(TEN_YEARS).arrays["deposit"][0] == 7.0
    live = ProductionCode("the bank", entries, (Bank(),), live=True)
    assert live.answer(TEN_YEARS).arrays["deposit"][0] == 1.0
    assert live.ladder().cached_entries == 0


def test_nothing_that_can_answer_is_a_refusal_with_every_reason(entries: BankEntries) -> None:
    missing = ProductionCode("the bank", entries, (Bank("/no/python"), Bank("/no/other")))
    with pytest.raises(InputError) as caught:
        missing.answer(TEN_YEARS)
    predicted = str(caught.value)
    expected = (
        "no cached entry for ten years", "no the bank here", "bank-program: /no/python is not there: install Python",
        "/no/other", f"cache: no entry in {entries.folders[0]}",
    )  # fmt: skip
    assert [words for words in expected if words not in predicted] == []
    assert "\n" not in predicted
    entries.store(recorded())
    assert missing.ladder().backend == "cache"
    with pytest.raises(InputError, match="no cached entry for another"):
        missing.answer(Request({"years": 10, "rate": 0.04}, "another"))


def test_a_fallback_is_never_called_the_production_code(entries: BankEntries) -> None:
    rungs, engine = engine_rungs((Bank("/no/python"),), lambda engine, found: found.version)
    ladder = Ladder("the bank", (*rungs, cache_rung(0, "here"), fallback_rung("formula", "the bank")), engine)
    assert (ladder.backend, ladder.is_production, ladder.live) == ("formula", False, False)
    assert "not a validation against the bank" in ladder.line()
    with_cache = replace(ladder, rungs=(*rungs, cache_rung(2, "here"), fallback_rung("formula", "the bank")))
    assert (with_cache.backend, with_cache.is_production) == ("cache", True)


def test_who_answers_in_a_run(entries: BankEntries) -> None:
    """Cache and engine, the cache alone, an engine alone; else a refusal with the remedy, or the method allowed."""
    missing = (Bank("/no/python"),)

    def used(engines: tuple[Bank, ...], live: bool = False) -> tuple[str, bool, bool]:
        found = ProductionCode("the bank", entries, engines, live).ladder().resolution("bank", "it", "Open a bank.")
        assert (found.name, found.reference, found.is_requested) == ("bank", "it", True)
        return found.used, found.live, "bank-program" in found.why

    with pytest.raises(InputError, match=r"no the bank here: .*no entry in .*\. Open a bank\."):
        used(missing)
    assert used((Bank(),)) == ("bank-program", True, True)
    entries.store(recorded())
    assert used((Bank(),)) == ("cache, else bank-program", True, True)
    assert used((Bank(),), live=True) == ("bank-program", True, True)
    assert used(missing) == ("cache", False, True)
    nothing = ProductionCode("the bank", entries, missing, live=True).ladder()
    found = nothing.resolution("bank", "it", "", ("formula", "another"))
    assert (found.name, found.used, found.reference, found.is_requested) == ("formula", "formula", "another", False)
    assert "/no/python" in found.why


def test_engines_below_the_first_usable_are_not_probed() -> None:
    class Unwanted(Bank):
        def probe(self):  # type: ignore[no-untyped-def]
            raise AssertionError("it was probed")

    good = Bank()
    rungs, engine = engine_rungs((Bank("/no/python"), good, Unwanted()), lambda engine, found: f"v{found.version}")
    assert engine is good
    assert [(rung.usable, rung.reason) for rung in rungs][1] == (True, "v1.0")
    rungs, engine = engine_rungs((Unwanted(), Unwanted()), lambda engine, found: "", "no licence")
    assert (engine, [rung.reason for rung in rungs]) == (None, ["no licence", "the same"])


def test_a_hanging_program_is_killed_at_its_limit(entries: BankEntries) -> None:
    code = ProductionCode("the bank", entries, (Bank(),), limit_s=0.3)
    started = time.monotonic()
    with pytest.raises(EngineFault, match=r"no result within 0\.3 s and was killed"):
        code.answer(Request({"years": 1, "rate": 0.1, "seconds": 60}))
    assert time.monotonic() - started < 30
    assert entries.paths() == []


@pytest.mark.parametrize(
    ("fields", "fault", "words"),
    [
        ({"years": 1, "rate": -1}, EngineFault, r"ended early \(exit status 1\): the rate is negative"),
        ({"years": 3, "rate": 0.1, "printed": 2}, ResultFault, "gave 2 values where 4 are due"),
    ],
)
def test_a_failed_run_stores_nothing(entries: BankEntries, fields: dict, fault: type, words: str) -> None:
    with pytest.raises(fault, match=words):
        ProductionCode("the bank", entries, (Bank(),)).answer(Request(fields))
    assert entries.paths() == []


def test_any_changed_byte_is_refused(entries: BankEntries) -> None:
    path = entries.store(recorded())
    sound = path.read_bytes()
    rng = np.random.default_rng(5)
    for place in (*range(0, BLOCK, 7), *rng.integers(len(sound), size=50)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x20]) + sound[place + 1 :])
        with pytest.raises(CacheFault, match=path.name):
            entries.find(TEN_YEARS)
    path.write_bytes(sound)
    assert entries.find(TEN_YEARS) is not None


def test_an_entry_answers_under_its_own_name_only(entries: BankEntries) -> None:
    path = entries.store(recorded())
    other = Request({"years": 10, "rate": 0.06})
    path.rename(path.with_name(f"{other.key}.h5"))
    with pytest.raises(CacheFault, match="its name does not fit its content"):
        entries.find(other)


def test_an_entry_of_another_code_or_schema_is_refused(entries: BankEntries) -> None:
    class Other(BankEntries):
        format = EntryFormat("loan-entry", 1)

    class Newer(BankEntries):
        format = EntryFormat("bank-entry", 2)

    for kind, words in ((Other, "not an entry of this cache"), (Newer, "schema 2 is newer than 1.*update")):
        path = kind(entries.folders).store(recorded())
        with pytest.raises(CacheFault, match=words):
            entries.find(TEN_YEARS)
        path.unlink()


def test_a_key_depends_on_every_bit_and_not_on_the_case() -> None:
    assert Request({"rate": (0.1).hex()}).key != Request({"rate": np.nextafter(0.1, 1).hex()}).key
    assert Request({"a": 1, "b": 2}, "x").key == Request({"b": 2, "a": 1}, "y").key
    with pytest.raises(ValueError, match="not JSON compliant"):
        _ = Request({"rate": float("nan")}).key


def test_packaged_entries_come_first_and_are_held_against_their_pins(tmp_path: Path) -> None:
    packaged, mine, manifest = tmp_path / "packaged", tmp_path / "mine", tmp_path / "pins.sha256"
    path = BankEntries((packaged,)).store(recorded(value=1.0))
    manifest.write_text(pins_of(packaged))

    class Pinned(BankEntries):
        pins = Pins(manifest, lambda: packaged)

    both = Pinned((mine, packaged))
    forged = BankEntries((mine,)).store(recorded(value=2.0))
    assert both.find(TEN_YEARS).arrays["deposit"][0] == 1.0  # type: ignore[union-attr]
    assert both.paths() == [path]
    path.write_bytes(forged.read_bytes())
    with pytest.raises(CacheFault, match="another SHA-256"):
        both.find(TEN_YEARS)
    assert [bool(fault) for _, fault in both.verify()] == [True, False]
    added = BankEntries((packaged,)).store(recorded(Request({"years": 1, "rate": 0.0})))
    with pytest.raises(CacheFault, match="is no entry of this package"):
        both.read(added)


def test_each_code_has_its_folder_in_the_cache_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert BankEntries.open("bank").folders == (tmp_path / "xdg" / "spin-harness" / "bank",)
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "named"))
    assert user_folder("bank") == tmp_path / "named" / "bank"
    assert user_folder("bank", tmp_path / "given") == tmp_path / "given" / "bank"


def test_a_build_goes_on_where_the_last_one_ended_and_past_faults(entries: BankEntries) -> None:
    code = ProductionCode("the bank", entries, ())
    plan = [Request({"years": n, "rate": 0.1}, f"{n} years", cost_s=14.0) for n in range(1, 5)]
    short = Request({"years": 9, "rate": 0.1, "printed": 3}, "cut short")
    dead = Request({"years": 9, "rate": -0.1}, "negative")
    finished: list[int] = []
    first = code.build([*plan[:2], short, dead], Bank, 2, progress=finished.append)
    assert (first.stored, first.present, sum(finished)) == (2, 0, 4)
    assert sorted(case for case, _ in first.faults) == ["cut short", "negative"]
    second = code.build(plan, Bank)
    assert (second.stored, second.present, second.faults) == (2, 2, [])
    damaged = entries.paths()[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    third = code.build(plan, Bank)
    assert (third.stored, third.present, len(third.faults)) == (0, 3, 1)
    assert damaged.name in third.faults[0][1]
    fourth = code.build(plan, Bank, replace_refused=True)
    assert (fourth.stored, fourth.present, fourth.faults) == (1, 3, [])
    assert damaged.with_name(f"{damaged.name}.refused").exists()
    assert [fault for _, fault in entries.verify()] == [""] * 4


def test_an_interrupted_build_kills_its_programs_and_keeps_what_was_finished(entries: BankEntries) -> None:
    plan = [Request({"years": 1, "rate": 0.1}, "quick", cost_s=14.0)]
    plan += [Request({"years": 2, "rate": 0.1, "seconds": 300}, "endless", cost_s=13.0)]

    def interrupted(count: int) -> None:
        if count:
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ProductionCode("the bank", entries, ()).build(plan, Bank, 2, progress=interrupted)
    assert time.monotonic() - started < 60
    assert [path.stem for path in entries.paths()] == [plan[0].key]


def test_a_rung_is_an_engine_unless_it_says_otherwise() -> None:
    assert Ladder("the bank", (Rung("program", True, "1.0"),)).is_production
    assert Ladder("the bank", ()).backend == "none"
