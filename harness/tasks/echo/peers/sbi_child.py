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
"""Rows that are evaluated at once: 500 × 256 draws of four labels are a few megabytes."""


def main() -> None:
    """Read the rows, train, evaluate, send samples (m, S, V), log densities (m,) and masses inside the ranges (m,).

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


def _evaluated(posterior: Any, inputs: Any, labels: Any, request: dict[str, Any]) -> tuple[Any, ...]:
    """(samples (m, S, V), log density (m,), mass inside the ranges (m,)) of some rows.

    A mass of which no draw lies inside is at most that of one draw.
    """
    log_density = posterior.log_prob_batched(labels[None], inputs, norm_posterior=False)[0]
    trials = posterior.sample_batched(
        (request["trials"],), inputs, show_progress_bars=False, reject_outside_prior=False
    )
    inside = ((trials >= 0.0) & (trials <= 1.0)).all(-1).sum(0).clamp(min=1) / request["trials"]
    drawn = posterior.sample_batched((request["draws"],), inputs, show_progress_bars=False)
    return tuple(part.detach().numpy() for part in (drawn.transpose(0, 1), log_density, inside))
