"""What counts as an answer: shapes, and which exception is a refusal."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from harness import TimeGrid
from harness.errors import InputError
from harness.subjects.answers import each
from harness.subjects.format import BadResult, format_of
from harness.subjects.named import guarded
from harness.tasks.spins.spinach.entry import CacheFault

GRID = TimeGrid(40, 1e-3)
plain = format_of("spins").plain


class InputErrorOfMyOwn(Exception):
    """Begins like the name of a refusal, and is none."""


class InputErrorInheritor(InputError):
    """A subclass is a fault of its own kind."""


def test_rows_are_signals_and_columns_are_points() -> None:
    stacked = np.arange(120.0).reshape(3, 40) / 120
    found = plain(stacked, GRID)
    for row, name in enumerate(("mx", "my", "i1z")):
        np.testing.assert_array_equal(found[name], stacked[row])
    assert set(plain(stacked[:2], GRID)) == {"mx", "my"}


@pytest.mark.parametrize("shape", [(40, 3), (40, 2), (3, 39), (1, 40), (4, 40), (40,), (1, 3, 40)])
def test_another_shape_is_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadResult, match="shape"):
        plain(np.zeros(shape), GRID)


@pytest.mark.parametrize("points", [2, 3])
@pytest.mark.parametrize("rows", [1, 4, 5])
def test_a_transposed_answer_of_few_points_is_refused_too(points: int, rows: int) -> None:
    """As many points as there are signals: the number of rows alone tells that an answer lies on its side."""
    for shape in ((points, 5 - points), (rows, points)):
        with pytest.raises(BadResult, match="shape"):
            plain(np.zeros(shape), TimeGrid(points, 1e-3))


@pytest.mark.parametrize("shape", [(40, 1), (1, 40), (20, 2), (40, 2), (39,), ()])
@pytest.mark.parametrize("name", ["mx", "my", "i1z"])
def test_a_signal_of_another_shape_is_refused_by_name(name: str, shape: tuple[int, ...]) -> None:
    """A column holds as many numbers as are wanted, and is still not what was asked for."""
    given = {key: np.zeros(40) for key in ("mx", "my", "i1z")} | {name: np.zeros(shape)}
    for result in (given, SimpleNamespace(**given)):
        with pytest.raises(BadResult, match=f"^{name}: wrong shape"):
            plain(result, GRID)


def test_a_batch_runs_along_its_first_axis() -> None:
    batch = np.zeros((5, 3, 40))
    assert [one.shape for one in each(batch, 5)] == [(3, 40)] * 5
    with pytest.raises(BadResult, match="returned 3 results for 5 systems"):
        each(batch.transpose(1, 0, 2), 5)


def answer_to(error: BaseException):
    def call():
        raise error

    return guarded(call, GRID)


def test_only_the_class_itself_is_a_refusal() -> None:
    refused = answer_to(InputError("too many spins"))
    assert (refused.refused, refused.refusal) == (True, "too many spins")
    assert answer_to(InputError()).refusal == "refused"
    for error in (InputErrorOfMyOwn("x"), InputErrorInheritor("x"), CacheFault("x"), ValueError("InputError: x")):
        failed = answer_to(error)
        assert (failed.refused, failed.refusal) == (False, "")
        assert failed.problem.startswith(f"raised {type(error).__name__}")
