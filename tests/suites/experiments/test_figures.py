"""Figures: drawn from rows without a warning, labelled, and also where there is little to draw."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.suites.conservation.figure import laws_figure, states_figure
from harness.suites.conservation.laws import Violation
from harness.suites.conservation.methods import MethodRow
from harness.suites.cost.figure import cost_figure, front_figure, observables_figure
from harness.suites.cost.measure import CostPoint, extrapolated, speed_ups
from harness.suites.errors import CaseError
from harness.suites.inverse.figure import inverse_figure
from harness.suites.inverse.joint import JointRow
from harness.suites.inverse.run import Outcome
from harness.suites.inverse.single import SingleRow
from harness.suites.ood.figure import ood_figure
from harness.suites.ood.measure import Result, rows_of
from harness.suites.style import PALETTE, looks, save, typeset
from harness.suites.uncertainty.figure import uq_figure
from harness.suites.uncertainty.measure import band_coverage, uq_result
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.conservation import plan as conservation
from harness.tasks.spins.suites.conservation.laws import LAWS, SYMBOLS
from harness.tasks.spins.suites.inverse import plan as inverse
from harness.tasks.spins.suites.ood import plan as ood
from harness.tasks.spins.suites.populations import chains
from harness.tasks.spins.suites.scaling import plan as scaling
from harness.tasks.spins.suites.topology.figure import rings_figure, topology_figure
from harness.tasks.spins.suites.topology.measure import topology_rows
from harness.tasks.spins.suites.uncertainty import plan as uncertainty
from harness.tasks.spins.systems import STANDARD_GRID, TimeGrid

COST, OOD = scaling.PLANS["smoke"], ood.PLANS["smoke"]


def drawn(figure, path: Path) -> None:
    save(figure, path)
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert path.stat().st_size > 10_000


def inside(figure) -> bool:
    """True if everything that is drawn lies within the edges of the figure, to a hundredth of an inch."""
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    return bool(np.all(box.min >= -0.01) and np.all(box.max <= figure.get_size_inches() + 0.01))


def cases(*values: float) -> list[CaseError]:
    return [CaseError(f"c{k}", 6, {"rmse_m": v, "rmse_i1z": v}) for k, v in enumerate(values)]


def points() -> list[CostPoint]:
    found = []
    for n in (4, 6):
        found += [
            CostPoint("exact", n, 1, 1e-3 * n, 1e-2, 5, 0.0, 0.0, cases=3),
            CostPoint("dense", n, 1, 1e-2 * n, 1e-4, 5, 1e-15, 1e-15, cases=3),
            CostPoint("net", n, 1, 1e-4 * n, 1e-6, 5, 1e-4, 1e-4, cases=3),
            CostPoint("net", n, 64, 1e-5 * n, 1e-7, 5, 1e-4, 1e-4, cases=3),
        ]
    return [*found, extrapolated([p for p in found if p.method == "dense"], 8, 8.0)]


def test_scaling_and_front(tmp_path: Path):
    figure = cost_figure(points(), speed_ups(points(), "net"), "net", COST)
    drawn(figure, tmp_path / "a.png")
    cost, error, bars, _ = figure.axes
    assert (cost.get_ylabel(), cost.get_xlabel()) == ("time per system (s)", "number of spins N")
    assert "RMSE" in error.get_ylabel()
    assert bars.get_title(loc="left").splitlines() == ["opponent and its largest error at any N; hatched: extrapolated"]
    # Every opponent's bar carries the opponent's error.
    assert [t.get_text().split(" · ")[1] for t in bars.get_xticklabels()] == ["truth", "1e-15"]
    drawn(front_figure(points(), "net", [4, 6], COST), tmp_path / "b.png")


def test_a_batch_is_hollow_and_the_table_has_no_rule_through_its_words():
    figure = cost_figure(points(), speed_ups(points(), "net"), "net", COST)
    cost, _, _, table = figure.axes
    faces = {c.get_label(): c.lines[0].get_markerfacecolor() for c in cost.containers}
    assert faces["net (batch 64)"] == "white"
    assert faces["net"] != "white"
    assert len(table.lines) == 3, "rules above, under the head, and below"
    ruled = sorted(float(line.get_ydata()[0]) for line in table.lines)
    words = {t.get_position()[1] for t in table.texts if len(t.get_text()) > 1}
    assert all(min(abs(y - rule) for rule in ruled) > 0.02 for y in words)


def test_the_time_of_spinach_is_marked_as_one_of_another_day():
    when = "time of Octave when the cache was built"
    cached = [CostPoint("spinach", n, 1, 1.0, 0.1, 3, 1e-14, 1e-14, recorded=when) for n in (4, 6)]
    both = [*points(), *cached]
    figure = cost_figure(both, speed_ups(both, "net"), "net", COST)
    bars = figure.axes[2]
    assert any(t.get_text().startswith("spinach †") for t in bars.get_xticklabels())
    assert "† time of Octave when the cache was built" in bars.get_title(loc="left")
    assert "spinach †" in [t.get_text() for t in figure.legends[0].get_texts()]


def test_looks_tell_all_methods_apart():
    labels = [f"m{k}" for k in range(14)] + ["net", "net (batch 64)"]
    found = looks(labels, "net")
    assert len({(v["color"], v["marker"], str(v["linestyle"])) for v in found.values()}) == len(labels)
    assert {found["net"]["color"], found["net (batch 64)"]["color"]} == {PALETTE[-1]}


def test_observables(tmp_path: Path):
    system = chains(4).draw(1, 1)[0]
    truth = reference("exact").simulate(system, STANDARD_GRID)
    other = reference("weak-coupling").simulate(system, STANDARD_GRID)
    drawn(observables_figure(truth, {"weak-coupling": other}, COST), tmp_path / "a.png")


def test_conservation_with_growth_beyond_every_bound(tmp_path: Path):
    grid, states = TimeGrid(50, 1e-4), conservation.states_of(4)
    exact, euler = ({name: np.full(50, value) for name in states.quantities} for value in (0.0, np.inf))
    rows = [
        MethodRow("exact", "chain-4", grid, exact, "density_exact"),
        MethodRow("Euler", "chain-4", grid, euler, "density_exact", control=True),
    ]
    figure = states_figure(rows, states, {"target": 1e-10})
    drawn(figure, tmp_path / "a.png")
    for ax in figure.axes:
        predicted = [t.get_text() for t in ax.texts]
        assert "target" in predicted
        assert "Euler: larger than 1000 is drawn at 1000" in predicted


def test_what_is_not_determined_is_written_not_drawn(tmp_path: Path):
    rows = {"M(0) = 1": Violation("M(0) = 1", "c", 1e-9), "trace": Violation("trace", "c", None)}
    figure = laws_figure({"net": rows})
    drawn(figure, tmp_path / "a.png")
    assert [t.get_text() for t in figure.axes[0].texts] == ["not determined by net"]
    assert len(figure.axes[0].lines) == 1
    with_target = laws_figure({"net": rows}, {"M(0) = 1": 1e-6})
    assert "target (at most)" in [t.get_text() for t in with_target.legends[0].get_texts()]


def test_symbols_are_typeset():
    assert typeset("|I_1z| ≤ 1", SYMBOLS) == "|$I_{1z}$| ≤ 1"
    assert typeset("<H>", SYMBOLS) == r"$\langle H\rangle$"
    for name in (law.name for law in LAWS):
        assert "_1z" not in typeset(name, SYMBOLS)
        assert "<" not in typeset(name, SYMBOLS)


def test_topology_and_regimes(tmp_path: Path):
    errors = {"chain": cases(1e-4, 2e-4), "ring": cases(2e-4, 5e-4), "star": cases(1e-3, math.inf)}
    plain = {kind: cases(1e-2, 2e-2) for kind in errors}
    rows = topology_rows("net", "chain", {k: errors[k] for k in ("chain", "ring")}, plain, np.random.default_rng(0))
    both = {k: errors[k] for k in ("chain", "ring")}
    topologies = topology_figure({"net": both, "pair product": plain}, rows, 0.1)
    drawn(topologies, tmp_path / "a.png")
    # Nothing is written on the data: what the lines mean is in the legend, which lies above both panels, whole.
    assert not [t for t in topologies.axes[1].texts if "target for" in t.get_text()]
    assert "target for models trained on chains: < 10 %" in [t.get_text() for t in topologies.legends[0].get_texts()]
    assert inside(topologies)
    assert len(topologies.axes) == 2
    large = {kind: [replace(one, size=40) for one in errors[kind]] for kind in ("chain", "ring")}
    more = topology_rows("net", "chain", large, plain, np.random.default_rng(0))
    by_size = rings_figure([*rows, *more], ["net", "pair product"], 0.1)
    drawn(by_size, tmp_path / "c.png")
    assert [t.get_text() for t in by_size.axes[0].get_xticklabels()] == [str(n) for n in (rows[0].spins, 40)]
    assert inside(by_size)
    results = [
        Result("in distribution", True, errors["chain"], plain["chain"], None, np.zeros(2)),
        Result("J 20-35 Hz", False, errors["star"], plain["star"], None, np.ones(2)),
    ]
    figure = ood_figure(results, rows_of(results, OOD.metrics), "net", OOD)
    drawn(figure, tmp_path / "b.png")
    predicted = [t.get_text() for t in figure.axes[1].texts]
    assert any("no uncertainty" in text for text in predicted)
    assert "1.00" in predicted, "the domain flag of the regime outside stands under it as a number"


def test_a_marker_and_a_box_of_one_subject_share_their_entry_in_the_legend():
    errors = {"chain": cases(1e-4, 2e-4), "ring": cases(2e-4, 5e-4)}
    rows = topology_rows("net", "chain", errors, {k: cases(1e-2, 2e-2) for k in errors}, np.random.default_rng(0))
    legend = topology_figure({"net": errors}, rows, 0.1).legends[0]
    assert [t.get_text() for t in legend.get_texts()].count("net") == 1
    shapes = {type(one).__name__ for one in legend.findobj() if one.get_visible()}
    assert {"Rectangle", "Line2D"} <= shapes, "the box of the first panel and the marker of the second"


@pytest.mark.parametrize("full", [True, False])
def test_uncertainty(tmp_path: Path, full: bool):
    rng = np.random.default_rng(0)
    std = rng.uniform(0.5, 2, (40, 1, 1)) * np.ones((1, 2, 10))
    results = [uq_result("in", "std", std * rng.normal(size=std.shape), std, 1.0)] if full else []
    error = np.abs(rng.normal(size=(40, 10)))
    bands = [band_coverage("in", "sup", "m", 0.9, error, np.full(10, 3.0), 100)] if full else []
    figure = uq_figure(results, bands, uncertainty.SYMBOLS)
    drawn(figure, tmp_path / "a.png")
    assert inside(figure)


def test_times_of_fits_have_their_target_in_the_legend(tmp_path: Path):
    times = [(model, seconds) for model in ("net", "exact") for seconds in (0.01, 0.2)]
    single = [SingleRow(m, {"draw": 0}, "", 7.0, -0.1, 0.1, 3, True, s, s, 9, 9) for m, s in times]
    joint = [JointRow(row.model, 4, 0, 3, 0, 3, 1.0, 3, True, 0.1, row.cpu_seconds, "") for row in single]
    errors = {m: np.array([[0.1, 0.2], [0.1, 0.3]]) for m in ("net", "exact")}
    found = Outcome(single, joint, {"10": np.array([7.5, 0.1])}, errors, None, [])
    figure = inverse_figure(found, inverse.SMOKE, "net", 0.1)
    drawn(figure, tmp_path / "a.png")
    assert not figure.axes[3].texts[1:]  # the letter of the panel alone
    assert "target of J alone: ≤ 0.1 s" in [t.get_text() for t in figure.axes[3].get_legend().get_texts()]
    assert inside(figure)
