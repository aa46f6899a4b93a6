"""Advice that keeps its word: the method it names reaches the error on that system."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli.advise import command
from harness.errors import InputError
from harness.references import reference
from harness.references.advice import advise
from harness.spins import STANDARD_GRID, SpinSystem, TimeGrid, load_molecule, topology


def made(label: str, method: str):
    return reference(method, size=int(label.split()[-1])) if method == "cluster" else reference(method)


@pytest.mark.parametrize("error", [2e-2, 1e-3, 1e-5])
@pytest.mark.parametrize("kind", ["chain", "star"])
def test_the_chosen_method_reaches_the_error(kind, error) -> None:
    system = topology(kind, 8, np.random.default_rng(3))
    chosen = advise(system, STANDARD_GRID, error).chosen
    assert chosen is not None
    truth = reference("exact").simulate(system, STANDARD_GRID, ("m",)).m
    found = made(chosen.label, chosen.method).simulate(system, STANDARD_GRID, ("m",)).m
    # An error measured against the finest cluster is itself known to a factor of two or so.
    assert np.sqrt(np.mean(np.abs(found - truth) ** 2) / 2) <= 2 * error


def test_what_does_not_fit_is_marked() -> None:
    n = 26
    system = SpinSystem(np.linspace(-300, 300, n), np.eye(n, k=1) * 9 + np.eye(n, k=-1) * 9)
    advice = advise(system, STANDARD_GRID, 1e-4)
    refused = {o.method for o in advice.options if o.refused}
    assert {"exact", "dense", "krylov", "chebyshev"} <= refused
    assert advice.chosen is not None
    assert advice.chosen.method == "cluster"


def test_parts_groups_and_aliasing_are_mentioned() -> None:
    couplings = np.zeros((4, 4))
    couplings[0, 1] = couplings[1, 0] = 7.0
    system = SpinSystem([5.0, 5.0, 900.0, 5.0], couplings)
    lines = " ".join(advise(system, TimeGrid(100, 1e-3), 1e-3).reasons)
    assert "uncoupled parts" in lines
    assert "beyond 1/(2 dt)" in lines
    assert "equivalent" in " ".join(advise(load_molecule("alanine").at(14.1), STANDARD_GRID).reasons)


def test_nothing_reaches_an_impossible_error() -> None:
    system = topology("chain", 4, np.random.default_rng(1))
    advice = advise(system, STANDARD_GRID, 1e-15)
    assert all(o.error > 1e-15 for o in advice.options if o.method != "cluster")


@pytest.mark.parametrize("error", [0.0, 1.0, -1.0, float("nan")])
def test_errors_outside_their_range_are_refused(error) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        advise(topology("chain", 3, np.random.default_rng(1)), STANDARD_GRID, error)


def test_the_command_fits_on_one_screen() -> None:
    done = CliRunner().invoke(command, ["valine", "--error", "1e-4"], catch_exceptions=False)
    assert done.exit_code == 0
    assert len(done.output.splitlines()) <= 24
    assert "Use " in done.output
