"""The spectral convolution against its definition and against neuraloperator; padding, because time is not periodic."""

import numpy as np
import pytest
import torch

from harness.surrogates.fourier import FourierOperator, SpectralConv


@pytest.mark.parametrize(("points", "modes"), [(16, 9), (17, 9), (40, 6), (384, 24), (8, 1)])
def test_truncated_transforms_equal_the_fft(points, modes):
    torch.manual_seed(0)
    layer, x = SpectralConv(5, modes, points), torch.randn(3, 5, points)
    spectrum = torch.fft.rfft(x)[:, :, :modes]
    weight = torch.complex(layer.weight[0], layer.weight[1])
    expected = torch.fft.irfft(torch.einsum("bik,kio->bok", spectrum, weight), n=points)
    # float32 sums of `points` terms of order one.
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-5)


def test_the_same_layer_of_neuraloperator_gives_the_same():
    theirs = pytest.importorskip("neuralop.layers.spectral_convolution", reason="the extra 'oracles' is not installed")
    torch.manual_seed(1)
    width, modes, points = 6, 12, 64
    ours = SpectralConv(width, modes, points)
    # Their n_modes counts both signs of the frequency and keeps n/2 + 1 of a real signal.
    other = theirs.SpectralConv(width, width, (2 * (modes - 1),), bias=False)
    with torch.no_grad():
        next(other.parameters()).copy_(torch.complex(ours.weight[0], ours.weight[1]).permute(1, 2, 0))
    x = torch.randn(4, width, points)
    torch.testing.assert_close(ours(x), other(x), atol=1e-5, rtol=1e-5)


def test_more_modes_than_the_grid_has_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        SpectralConv(2, 10, 16)


def test_the_operator_has_the_size_that_was_requested():
    network = FourierOperator(9, 3, 300)
    assert [m.out_features for m in network.encoder if isinstance(m, torch.nn.Linear)] == [128, 128]
    assert len(network.spectral) == 6
    assert all(layer.weight.shape[1] == 24 for layer in network.spectral)
    assert network(torch.zeros(2, 9)).shape == (2, 3, 300)


def _fit(padding: int) -> tuple[float, float]:
    """RMSE in the middle and at the end after fitting oscillations, equally hard everywhere and not periodic."""
    torch.manual_seed(3)
    points = 48
    network = FourierOperator(1, 1, points, encoder=32, width=12, layers=2, modes=10, padding=padding, dropout=0.0)
    time = torch.linspace(0, 1, points)
    theta = torch.linspace(-1, 1, 48)[:, None]
    target = torch.cos(2 * np.pi * 1.75 * time + np.pi * theta)[:, None]
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 300)
    for _ in range(300):
        loss = (network(theta) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        scheduler.step()
    with torch.no_grad():
        error = (network(theta) - target)[:, 0].square().mean(0).sqrt()
    return float(error[12:36].square().mean().sqrt()), float(error[-5:].square().mean().sqrt())


def test_with_padding_the_end_of_the_window_is_as_good_as_its_middle():
    middle, end = _fit(padding=16)
    assert middle < 0.02
    assert end < 2 * middle
    # The control: without padding the end is joined to the beginning, and is the worst place of all.
    middle_joined, end_joined = _fit(padding=0)
    assert end_joined > 2 * end
    assert end_joined > 2 * middle_joined
