"""The spread that is stated from the residual, and the population of temperatures it is judged on."""

import numpy as np
import pytest

from harness.tasks.kstep.domain import Domain
from harness.tasks.kstep.plans.uncertainty import BONDS, Stated, bond_lengths
from harness.tasks.kstep.populations import Between
from harness.tasks.kstep.references import XtbEntries, answers, resolve
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Signals
from tests.tasks.kstep.examples import methanol, needs

needs("tblite", "rdkit")

GRID = MacroGrid(5, 8)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return resolve(cache=XtbEntries((tmp_path_factory.mktemp("cache"),)))


@pytest.fixture
def windows(found, monkeypatch):
    monkeypatch.setattr(answers, "START_PS", 0.02)
    return Between("methanol", "methanol", 300.0, 600.0, GRID).draw(3, 7, found)


def test_temperatures_are_drawn_by_seed_and_number(found, windows):
    kelvins = [window.temperature_k for window in windows]
    assert len(set(kelvins)) == 3
    assert all(300 < kelvin < 600 for kelvin in kelvins)
    population = Between("methanol", "methanol", 300.0, 600.0, GRID)
    assert population.draw(1, 7, found)[0] == windows[0]
    assert population.within(Domain(frozenset({methanol().topology}), 600.0))
    assert not population.within(Domain(frozenset({methanol().topology}), 500.0))


def test_the_spread_is_proportional_to_the_residual_of_its_own_window(found, windows):
    scales = {name: np.linspace(0, 1e-6, 5) for name in BONDS}
    one = Stated(Method("kernel", found), scales)
    prediction = one.predict(windows, GRID, "mc")
    assert prediction.std is not None
    for answer, std in zip(prediction.mean, prediction.std, strict=True):
        residual = np.sqrt(np.mean(answer.arrays["residual"][1:] ** 2))
        assert std.arrays["O-H"] == pytest.approx(residual * scales["O-H"])
    other = Stated(Method("kernel", found), scales, 0.1, 1).predict(windows, GRID, "mc").std
    assert other is not None
    assert other[1].arrays["C-O"] == pytest.approx(0.1 * prediction.std[0].arrays["C-O"])
    assert one.predict(windows, GRID).std is None
    inverted = Stated(Method("kernel", found), scales, inverted=True).predict(windows, GRID, "mc").std
    assert inverted is not None
    sizes, turned = ([std.arrays["O-H"][-1] for std in some] for some in (prediction.std, inverted))
    assert list(np.argsort(turned)) == list(np.argsort(sizes))[::-1]


def test_bond_lengths_do_not_depend_on_how_the_molecule_is_turned():
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]

    def at(x: np.ndarray) -> Signals:
        return Signals(GRID, {"positions": np.repeat(x[..., None], 5, axis=-1)}, 0)

    x = methanol().positions_nm
    straight, turned = bond_lengths(at(x)), bond_lengths(at(x @ turn.T + 0.3))
    assert straight["C-O"] == pytest.approx(turned["C-O"])
    assert straight["O-H"].shape == (5,)
    assert 0.09 < straight["O-H"][0] < 0.1 < straight["C-O"][0] < 0.15
