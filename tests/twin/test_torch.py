"""The differentiable signal: its values against ``exact``, its gradients against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import harness
from harness import SpinSystem, TimeGrid, simulate
from harness.errors import InputError
from harness.tasks.spins.differentiable import signal, spectrum

GRID = TimeGrid(200, 1e-3)
TIMES = torch.tensor(GRID.times_s)


def drawn(spins: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    couplings = np.triu(rng.uniform(-10, 15, (spins, spins)), 1)
    return rng.uniform(-80, 80, spins), couplings + couplings.T


@pytest.mark.parametrize(("isotopes", "observed"), [(["1H"] * 4, "1H"), (["1H", "13C", "1H", "19F"], "1H"),
                                                    (["13C", "1H", "13C", "1H"], "13C")])  # fmt: skip
def test_values_are_those_of_exact(isotopes, observed):
    offsets, couplings = drawn(4, 1)
    truth = simulate(SpinSystem(offsets, couplings, isotopes=isotopes, observed=observed), GRID).m
    found = signal(torch.tensor(offsets), torch.tensor(couplings), TIMES, isotopes, observed)
    assert np.max(np.abs(found.numpy() - truth)) < 1e-12


def test_a_batch_is_its_systems_one_by_one_also_in_pieces(monkeypatch):
    many = [drawn(5, seed) for seed in range(7)]
    offsets, couplings = (torch.tensor(np.stack(part)) for part in zip(*many, strict=True))
    whole = signal(offsets, couplings, TIMES)
    monkeypatch.setattr(harness.tasks.spins.differentiable, "IN_CACHE", 1)
    pieces = signal(offsets, couplings, TIMES)
    assert whole.shape == (7, 200)
    assert (whole - pieces).abs().max() < 1e-13
    truth = simulate(SpinSystem(*many[3]), GRID).m
    assert np.max(np.abs(whole[3].numpy() - truth)) < 1e-12


@pytest.mark.parametrize("case", ["general", "equal offsets", "nothing coupled", "nearly equal"])
def test_gradients_are_those_of_finite_differences(case):
    """Also where energies are equal, where eigenvectors have no derivative."""
    offsets, couplings = drawn(4, 2)
    if case == "equal offsets":
        offsets, couplings = np.array([3.0, 3.0, 3.0, 20.0]), np.full((4, 4), 7.0)
    if case == "nothing coupled":
        couplings = np.zeros((4, 4))
    if case == "nearly equal":
        offsets = np.array([5.0, 5.0 + 1e-5, -5.0, -5.0 + 1e-6])
    one = torch.tensor(offsets, requires_grad=True)
    two = torch.tensor(couplings, requires_grad=True)
    times = TIMES[::10]
    assert torch.autograd.gradcheck(lambda a, b: torch.view_as_real(signal(a, b, times)), (one, two), atol=1e-6)


def test_a_wrong_gradient_would_be_seen():
    """The control of the test above: a gradient of another system does not pass the same check."""

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, offsets, couplings):
            ctx.save_for_backward(offsets, couplings)
            return torch.view_as_real(signal(offsets, couplings, TIMES[::10]))

        @staticmethod
        def backward(ctx, *gradients):
            offsets, couplings = (value.detach().clone().requires_grad_() for value in ctx.saved_tensors)
            with torch.enable_grad():
                other = torch.view_as_real(signal(1.001 * offsets, couplings, TIMES[::10]))
            return torch.autograd.grad(other, (offsets, couplings), gradients[0])

    values = [torch.tensor(part, requires_grad=True) for part in drawn(4, 2)]
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        torch.autograd.gradcheck(Wrong.apply, values, atol=1e-6)


def test_single_precision():
    offsets, couplings = (torch.tensor(part) for part in drawn(5, 3))
    single = signal(offsets.float(), couplings.float(), TIMES.float())
    assert single.dtype == torch.complex64
    assert (single - signal(offsets, couplings, TIMES)).abs().max() < 1e-4


def test_a_line_stands_at_its_frequency():
    times = torch.arange(512, dtype=torch.float64) * 1e-3
    offsets = torch.tensor([62.5], requires_grad=True)
    frequencies, found = spectrum(signal(offsets, torch.zeros(1, 1), times), 1e-3, t2_s=0.1, points=2048)
    peak = int(found.real.argmax())
    assert float(frequencies[peak]) == pytest.approx(62.5, abs=0.5)
    height = float(found.real[peak].detach())
    assert height == pytest.approx(0.1, rel=0.02), "the height of a Lorentzian is T2"
    found.real.sum().backward()
    assert offsets.grad is not None


def test_descent_from_5_to_12_5_hz():
    """The example of docs/differentiable.md."""
    offsets = torch.tensor([30.0, -45.0, 10.0, -20.0], dtype=torch.float64)
    times = torch.arange(300, dtype=torch.float64) * 1e-4

    def chain(j):
        return torch.diag(j.expand(3), 1)

    target = signal(offsets, chain(torch.tensor(12.5, dtype=torch.float64)), times)
    j = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([j], max_iter=30, line_search_fn="strong_wolfe", tolerance_grad=1e-14,
                                  tolerance_change=1e-14)  # fmt: skip

    def loss():
        optimiser.zero_grad()
        value = (signal(offsets, chain(j), times) - target).abs().square().mean()
        value.backward()
        return value

    optimiser.step(loss)
    assert j.item() == pytest.approx(12.5, abs=1e-5)


@pytest.mark.parametrize(
    ("offsets", "couplings", "times", "words"),
    [
        ([1.0, 2.0], torch.zeros(2, 2), TIMES, "offsets_hz"),
        (torch.zeros(2), torch.zeros(3, 3), TIMES, "must end in"),
        (torch.zeros(11), torch.zeros(11, 11), TIMES, "at most 10"),
        (torch.tensor([float("nan"), 0]), torch.zeros(2, 2), TIMES, "finite"),
        (torch.zeros(2), torch.zeros(2, 2), TIMES[:, None], "shapes"),
        (torch.zeros(3, 2), torch.zeros(4, 2, 2), TIMES, "do not fit"),
    ],
)
def test_bad_input_is_one_line(offsets, couplings, times, words):
    with pytest.raises(InputError, match=words) as caught:
        signal(offsets, couplings, times)
    assert "\n" not in str(caught.value)
