"""The reference: stored curves, the live program, a stand-in where it is allowed, and a refusal with all reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import EchoPlan, EchoSystem, GivenOffsets
from harness.tasks.echo.cases import CASES
from harness.tasks.echo.octave import asked_of, request_of
from harness.tasks.echo.published import VARIABLE, published_curves, published_root
from harness.tasks.echo.reference import PACKAGED, EchoEntries, MeanField
from harness.tasks.echo.simulate import simulate
from tests.tasks.echo.check_values import CASES as CHECKS
from tests.tasks.echo.check_values import SAMPLES, SMALL

SHORT = EchoPlan(delay=20.0)


@pytest.fixture
def no_octave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_OCTAVE", "/nowhere/octave-cli")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "echo"


@pytest.mark.usefixtures("no_octave")
class TestStored:
    @pytest.mark.parametrize(("system", "plan"), CASES, ids=[system.name for system, _ in CASES])
    def test_curves_are_those_of_the_simulator(self, system: EchoSystem, plan: EchoPlan) -> None:
        assert np.max(np.abs(MeanField().curve(system, plan) - simulate([system], plan)[0])) <= 1e-10

    def test_curves_hold_the_check_values(self) -> None:
        for system, plan, expected in CHECKS.values():
            np.testing.assert_allclose(MeanField().curve(system, plan)[list(SAMPLES)], expected, atol=1e-7)

    def test_every_file_is_pinned_and_one_of_the_cases(self) -> None:
        entries = EchoEntries((PACKAGED,))
        assert [verdict for _, verdict in entries.verify()] == [""] * len(CASES)
        assert EchoEntries.pins is not None
        assert set(EchoEntries.pins.digests) == {f"{request_of(s, p).key}.h5" for s, p in CASES}
        assert sum(path.stat().st_size for path in entries.paths()) < 1_000_000

    def test_provenance(self) -> None:
        answer = MeanField().simulate(*CASES[0])
        assert answer.provenance.version.startswith("octave ")
        assert answer.provenance.details["stored"]


@pytest.mark.usefixtures("no_octave")
class TestWithoutOctave:
    def test_refusal_names_every_rung(self) -> None:
        with pytest.raises(InputError) as caught:
            MeanField().curve(SMALL, SHORT)
        for word in ("no cached entry for", "octave: /nowhere/octave-cli is not on the path"):
            assert word in str(caught.value)

    def test_live_looks_at_no_stored_curve(self) -> None:
        with pytest.raises(InputError, match="not looked at"):
            MeanField(live=True).curve(*CASES[0])

    def test_resolution(self) -> None:
        found = MeanField.resolution(live=False, allow_fallback=False)
        assert found.is_requested
        assert not found.live
        assert f"{len(CASES)} entries" in found.why
        with pytest.raises(InputError, match="apt-get install octave"):
            MeanField.resolution(live=True, allow_fallback=False)
        fallback = MeanField.resolution(live=True, allow_fallback=True)
        assert not fallback.is_requested
        assert fallback.name == "echo-numpy"
        m = fallback.reference.simulate(SMALL, SHORT).arrays["my"]
        np.testing.assert_allclose(m, simulate([SMALL], SHORT)[0].imag, atol=1e-12)


@pytest.mark.octave
def test_live(own_cache: Path) -> None:
    curve = MeanField().curve(SMALL, SHORT)
    np.testing.assert_allclose(curve, simulate([SMALL], SHORT)[0], atol=1e-10)
    assert len(list(own_cache.glob("*.h5"))) == 1
    assert MeanField().simulate(SMALL, SHORT).provenance.details["stored"]


def test_large_lattices_are_not_handed_to_octave() -> None:
    with pytest.raises(InputError, match="at most 64"):
        MeanField().curve(SMALL.with_(side=65), SHORT)


def test_requests_depend_on_the_physics_alone() -> None:
    assert request_of(SMALL, SHORT).key == request_of(SMALL.with_(name="other"), SHORT).key
    assert request_of(SMALL, SHORT).key != request_of(SMALL, EchoPlan(delay=20.0, scheme="midpoint")).key
    given = SMALL.with_(offsets=GivenOffsets(SMALL.offset_values()))
    for system in (SMALL, given):
        assert asked_of(request_of(system, SHORT)) == (system, SHORT)


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
