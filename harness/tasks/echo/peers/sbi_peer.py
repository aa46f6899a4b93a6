"""Neural posterior estimation of the package ``sbi``, trained and evaluated in a separate process.

Source: J. Boelts et al., sbi reloaded: a toolkit for simulation-based inference workflows, JOSS 10, 7754 (2025);
A. Tejero-Cantero et al., JOSS 5, 2505 (2020). No process that runs a test or a benchmark imports the package: a missing
or another version, a crash, a hang and an invalid reply are one line each.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import Any

import numpy as np

from harness.children import Child, Lost, frame, one_line
from harness.errors import InputError
from harness.machine import one_thread
from harness.requirements import install_command, required

EXTRA = "echo-peers"
CHILD = "harness.tasks.echo.peers.sbi_child"
LIMIT_S = 7200.0


@dataclass(frozen=True, eq=False)
class PeerRows:
    """``inputs`` (n, F) of a network and ``labels`` (n, V) as fractions of their ranges."""

    inputs: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class PeerSettings:
    """``draws`` from each posterior inside the ranges, ``trials`` from which the mass outside them is estimated.

    ``epochs`` is the largest number of passes; None leaves the package's own rule, which stops when the loss on its
    validation rows has not improved for twenty passes.
    """

    draws: int = 64
    trials: int = 128
    seed: int = 0
    epochs: int | None = None


@dataclass(frozen=True, eq=False)
class PeerPosterior:
    """What the package answers for m rows.

    Parameters
    ----------
    samples
        (m, S, V) draws inside the ranges, as fractions of them.
    log_density
        (m,) log density of the true labels, where the prior's is 0. The density integrates to 1 over all numbers and
        not over the ranges: mass outside them is lost.
    inside
        (m,) estimated mass inside the ranges.
    at_an_end
        (m,) how many of the samples are draws outside the ranges that were moved to the nearest end, because too few
        of many draws lay inside.
    facts
        Version, number of passes, seconds of training.
    """

    samples: np.ndarray
    log_density: np.ndarray
    inside: np.ndarray
    at_an_end: np.ndarray
    facts: Mapping[str, Any]

    @property
    def leaked_mass(self) -> float:
        """Mean mass outside the ranges."""
        return float(1.0 - self.inside.mean())

    @property
    def renormalised(self) -> np.ndarray:
        """(m,) log density after division by the mass inside the ranges."""
        return self.log_density - np.log(self.inside)


def sbi_posterior(
    training: PeerRows, fresh: PeerRows, settings: PeerSettings | None = None, limit_s: float = LIMIT_S
) -> PeerPosterior:
    """Train ``NPE`` with its defaults (a masked autoregressive flow) on ``training`` and evaluate it on ``fresh``.

    Raises
    ------
    InputError
        In one line, if the package is missing or of another version, or its process fails or takes longer than
        ``limit_s`` in all.
    """
    settings, known_as = settings or PeerSettings(), f"sbi {_required_version()}"
    arrays = [np.ascontiguousarray(a, dtype="<f4") for part in (training, fresh) for a in (part.inputs, part.labels)]
    request = {"shapes": [list(array.shape) for array in arrays], **asdict(settings)}
    child = Child(CHILD, one_thread(dict(os.environ)))
    deadline, doing = monotonic() + limit_s, "being imported"
    try:
        child.send_bytes(frame(request) + b"".join(array.tobytes() for array in arrays), limit_s)
        while "facts" not in (message := child.receive(max(0.0, deadline - monotonic()))):
            if "problem" in message:
                raise Lost(one_line(message["problem"]))
            doing = one_line(message.get("doing", doing), 40)
        count, labels = fresh.labels.shape
        shapes = ((count, settings.draws, labels), (count,), (count,), (count,))
        samples, log_density, inside, at_an_end = (_received(child, shape, deadline) for shape in shapes)
        if not _possible(samples, log_density, inside):
            raise child.nonsense("values that are not finite, draws outside the ranges, or masses beyond 0 … 1")
    except Lost as lost:
        late = monotonic() >= deadline
        raise InputError(
            f"{known_as} took longer than {limit_s:g} s" if late else lost.sentence(known_as, doing)
        ) from None
    finally:
        child.stop()
    facts = message["facts"] if isinstance(message["facts"], dict) else {}
    return PeerPosterior(samples, log_density, inside, at_an_end, {"version": known_as.removeprefix("sbi "), **facts})


def _required_version() -> str:
    """The installed version, which is read without importing the package, and is the one that the extra pins."""
    try:
        found = version("sbi")
    except PackageNotFoundError:
        raise InputError(f"sbi is not installed: {install_command(EXTRA)}") from None
    wanted = required(EXTRA, "sbi")
    if wanted is not None and not wanted.specifier.contains(found, prereleases=True):
        raise InputError(f"sbi {found} is installed, {wanted} is needed: {install_command(EXTRA)}")
    return found


def _received(child: Child, shape: tuple[int, ...], deadline: float) -> np.ndarray:
    raw = child.receive_raw(4 * int(np.prod(shape)), max(0.0, deadline - monotonic()))
    return np.frombuffer(raw, dtype="<f4").reshape(shape).astype(np.float64)


def _possible(samples: np.ndarray, log_density: np.ndarray, inside: np.ndarray) -> bool:
    return bool(
        np.all((samples >= 0.0) & (samples <= 1.0))
        and np.all(np.isfinite(log_density))
        and np.all((inside > 0.0) & (inside <= 1.0))
    )
