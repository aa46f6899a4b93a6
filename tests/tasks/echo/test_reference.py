"""The ladder of the reference: stored answers, the live program, our own integrator, and a refusal with all reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.cases import CASES
from harness.tasks.echo.published import VARIABLE, published_curves, published_root
from harness.tasks.echo.reference import MeanField, NoReference
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.stored import PACKAGED, key_of, read_answers, store_answers
from tests.tasks.echo.check_values import CASES as CHECKS
from tests.tasks.echo.check_values import SAMPLES, SMALL

SHORT = EchoPlan(delay=20.0)


@pytest.fixture
def no_octave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_OCTAVE", "/nowhere/octave-cli")


def test_stored_answers_are_those_of_the_simulator() -> None:
    answers = read_answers()
    assert len(answers.curves) == len(CASES)
    assert answers.engine.startswith("octave ")
    for system, plan in CASES:
        stored = answers.lookup(system, plan)
        assert stored is not None, system.name
        assert np.max(np.abs(stored - simulate([system], plan)[0])) <= 1e-10, system.name


def test_stored_answers_hold_the_check_values() -> None:
    for system, plan, expected in CHECKS.values():
        stored = read_answers().lookup(system, plan)
        assert stored is not None
        np.testing.assert_allclose(stored[list(SAMPLES)], expected, atol=1e-7)


@pytest.mark.usefixtures("no_octave")
class TestWithoutOctave:
    def test_stored(self) -> None:
        answer = MeanField().answer(*CASES[0])
        assert answer.source.endswith(", stored")

    def test_refusal_names_every_rung(self) -> None:
        with pytest.raises(NoReference) as caught:
            MeanField().answer(SMALL, SHORT)
        for word in ("stored: no such curve", "octave: /nowhere/octave-cli is not on the path", "--allow-fallback"):
            assert word in str(caught.value)

    def test_live_looks_at_no_stored_answer(self) -> None:
        with pytest.raises(NoReference, match="not looked at"):
            MeanField(live=True).answer(*CASES[0])

    def test_fallback_names_itself(self) -> None:
        answer = MeanField(allow_fallback=True).answer(SMALL, SHORT)
        assert answer.source == "our own integrator in numpy"
        np.testing.assert_allclose(answer.m, simulate([SMALL], SHORT)[0], atol=1e-12)

    def test_rungs(self) -> None:
        rungs = {rung.name: rung for rung in MeanField().rungs()}
        assert rungs["stored"].usable
        assert not rungs["octave"].usable
        assert not rungs["numpy"].usable


@pytest.mark.octave
def test_live() -> None:
    answer = MeanField(live=True).answer(SMALL, SHORT)
    assert answer.source.startswith("octave ")
    np.testing.assert_allclose(answer.m, simulate([SMALL], SHORT)[0], atol=1e-10)


def test_large_lattices_are_not_handed_to_octave() -> None:
    with pytest.raises(NoReference, match="at most 64"):
        MeanField(live=True).answer(SMALL.with_(side=65), SHORT)


def test_changed_answers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.safetensors"
    store_answers(path, [(SMALL, SHORT)], [simulate([SMALL], SHORT)[0]], "octave 0")
    assert list(read_answers(path).curves) == [key_of(SMALL, SHORT)]
    read_answers.cache_clear()
    path.write_bytes(path.read_bytes()[:-1] + b"\7")
    with pytest.raises(InputError, match="checksum differs"):
        read_answers(path)


def test_keys_depend_on_the_physics_alone() -> None:
    assert key_of(SMALL, SHORT) == key_of(SMALL.with_(name="other"), SHORT)
    assert key_of(SMALL, SHORT) != key_of(SMALL, EchoPlan(delay=20.0, scheme="midpoint"))
    assert PACKAGED.stat().st_size < 1_000_000


class TestPublished:
    def test_curves_lie_within_the_spread_of_other_draws(self) -> None:
        root = published_root()
        if root is None:
            pytest.skip(f"{VARIABLE} names no copy of github.com/charlessnider/Spin_Echo_Sim")
        curves = published_curves(root)
        assert len(curves) == 9
        for curve in curves:
            sizes = np.abs(simulate(curve.draws(16), curve.plan, precision="float32"))
            spread = np.sqrt(np.mean(sizes.var(0, ddof=1)))
            distance = np.sqrt(np.mean((curve.size - sizes.mean(0)) ** 2)) / spread
            assert distance <= 2.0
            # A control: what is half as strongly coupled lies outside, where the coupling matters.
        weaker = [s.with_(strength=0.5 * s.strength) for s in curves[-1].draws(4)]
        other = np.abs(simulate(weaker, curves[-1].plan, precision="float32")).mean(0)
        assert np.sqrt(np.mean((curves[-1].size - other) ** 2)) > 2.0 * spread

    def test_wrong_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(VARIABLE, str(tmp_path))
        with pytest.raises(InputError, match="name a copy of Spin_Echo_Sim"):
            published_root()
        monkeypatch.delenv(VARIABLE)
        assert published_root() is None
