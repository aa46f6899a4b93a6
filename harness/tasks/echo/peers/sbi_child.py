"""The child process of :mod:`harness.tasks.echo.peers.sbi_peer`, the only place where ``sbi`` is imported."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, BinaryIO

import numpy as np

from harness.children import private_pipes, receive_frame, send_frame

PORTION = 500
"""Rows that are evaluated at once: 500 × 128 draws of four labels are a few megabytes."""
MORE = 16


def main() -> None:
    """Read the rows, train, evaluate, send what :func:`_evaluated` gives.

    An exception is sent as one line: a process with many libraries may end long after its pipe is closed.
    """
    source, sink = private_pipes()
    request = receive_frame(source)
    arrays = [_array(source, shape) for shape in request["shapes"]]
    try:
        # The package writes a folder of logs where it runs.
        with TemporaryDirectory() as folder, chdir(folder):
            facts, parts = _answer(arrays, request, lambda doing: send_frame(sink, {"doing": doing}))
    except Exception as error:
        send_frame(sink, {"problem": f"raised {type(error).__name__}: {error}"})
        raise
    send_frame(sink, {"facts": facts}, b"".join(part.astype("<f4").tobytes() for part in parts))


def _answer(
    arrays: list[np.ndarray], request: dict[str, Any], say: Callable[[str], None]
) -> tuple[dict[str, Any], list[np.ndarray]]:
    import sbi.inference  # noqa: F401 - a crash on import is named as such
    import torch

    inputs, labels, fresh_inputs, fresh_labels = map(torch.from_numpy, arrays)
    say("being trained")
    start = perf_counter()
    posterior, epochs = _trained(inputs, labels, request["seed"], request["epochs"])
    facts = {"epochs": epochs, "training_s": round(perf_counter() - start, 1)}
    say("being evaluated")
    portions = [slice(start, start + PORTION) for start in range(0, len(fresh_inputs), PORTION)]
    found = [_evaluated(posterior, fresh_inputs[part], fresh_labels[part], request) for part in portions]
    return facts, [np.concatenate(part) for part in zip(*found, strict=True)]


def _array(source: BinaryIO, shape: list[int]) -> np.ndarray:
    """The next array of the request."""
    return np.frombuffer(source.read(4 * int(np.prod(shape))), dtype="<f4").reshape(shape).copy()


def _trained(inputs: Any, labels: Any, seed: int, epochs: int | None) -> tuple[Any, int]:
    """(posterior, passes) by the package's defaults: prior uniform on 0 … 1 for every label, ``maf`` density."""
    import torch
    from sbi.inference import NPE
    from sbi.utils import BoxUniform

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the package may use the global generator
    count = labels.shape[1]
    prior = BoxUniform(torch.zeros(count), torch.ones(count))
    inference = NPE(prior=prior, show_progress_bars=False).append_simulations(labels, inputs)
    estimator = inference.train() if epochs is None else inference.train(max_num_epochs=epochs)
    return inference.build_posterior(estimator), int(inference.summary["epochs_trained"][-1])


def _evaluated(posterior: Any, inputs: Any, labels: Any, request: dict[str, Any]) -> tuple[np.ndarray, ...]:
    """(samples (m, S, V), log density (m,), mass inside the ranges (m,), draws at an end (m,)) of some rows.

    The package rejects draws outside the ranges, and never ends where all of them are. Here rows with too few draws
    inside get :data:`MORE` times as many; what then is missing are draws outside that are moved to the nearest end.
    A mass of which no draw lies inside is taken as that of one draw.
    """
    trials, draws = request["trials"], request["draws"]
    log_density = posterior.log_prob_batched(labels[None], inputs, norm_posterior=False)[0].detach().numpy()
    found = _unrestricted(posterior, inputs, trials)
    within = np.all((found >= 0.0) & (found <= 1.0), axis=-1)
    mass = np.maximum(within.sum(1), 1) / trials
    samples, missing = np.empty((len(inputs), draws, labels.shape[1])), np.zeros(len(inputs))
    for k, rows in enumerate(within):
        inside, outside = found[k][rows], found[k][~rows]
        if len(inside) < draws:
            more = _unrestricted(posterior, inputs[k : k + 1], MORE * trials)[0]
            inside = np.concatenate([inside, more[np.all((more >= 0.0) & (more <= 1.0), axis=-1)]])
        missing[k] = max(0, draws - len(inside))
        samples[k] = np.concatenate([inside, np.clip(outside, 0.0, 1.0)])[:draws]
    return samples, log_density, mass, missing


def _unrestricted(posterior: Any, inputs: Any, count: int) -> np.ndarray:
    """(m, count, V) draws, inside the ranges or not."""
    drawn = posterior.sample_batched((count,), inputs, show_progress_bars=False, reject_outside_prior=False)
    return drawn.transpose(0, 1).detach().numpy()
