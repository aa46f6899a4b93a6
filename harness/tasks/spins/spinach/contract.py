"""The request file and the result file: one contract for every engine.

Both are MATLAB v5/v7 ``.mat`` files that ``matlab/harness_run.m`` reads and writes; its header documents the fields.
Everything that comes from a user is passed as data: no engine ever gets a string to evaluate. Paths and messages are
passed as bytes: a MAT file counts the characters of a text where readers count its bytes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.tasks.spins.spinach.faults import MFileError, ResultFault
from harness.tasks.spins.spinach.molecule_request import MoleculeRequest
from harness.tasks.spins.spinach.relaxation_job import relaxation_job
from harness.tasks.spins.spinach.request import Request

REQUEST_SCHEMA = "spin-harness-request-1"
RESULT_SCHEMA = "spin-harness-result-1"
IMAGINARY_LIMIT = 1e-9  # of i1z: rounding of a real signal is below 1e-13
START_LIMIT = 1e-9  # of |value - 1| at t = 0: every observable is normalised there


@dataclass(frozen=True, eq=False)
class Answer:
    """The result of an engine for one request, checked.

    ``m`` (T,) complex, ``i1z`` (T,), ``spin_signals`` (n_observed, T) complex and ``spin_polarisations`` (N, T) as in
    :class:`harness.Trajectory`, None where not requested. ``offsets_hz`` (N,) and ``couplings_hz`` (N, N) are the ones
    that the engine really used, after its own rounding. ``stages`` maps a stage to (wall, CPU) seconds.
    ``gyromagnetic_ratios`` (N,) in rad/(s T) are the engine's own, given where the request is a molecule.
    """

    engine: str
    engine_version: str
    offsets_hz: np.ndarray
    couplings_hz: np.ndarray
    dimension: int
    stages: dict[str, tuple[float, float]]
    m: np.ndarray | None = None
    i1z: np.ndarray | None = None
    spin_signals: np.ndarray | None = None
    spin_polarisations: np.ndarray | None = None
    gyromagnetic_ratios: np.ndarray | None = None


def write_requests(path: Path, requests: Sequence[Request], method: str, spinach_root: str, scratch: Path) -> None:
    """Write the request file for one call of ``harness_run``; ``method`` is "spinach" or "exact"."""
    from scipy.io import savemat

    jobs = _cells([_job(request) for request in requests])
    content = {
        "schema": REQUEST_SCHEMA,
        "method": method,
        "spinach_root": path_bytes(spinach_root),
        "scratch": path_bytes(scratch),
        "jobs": jobs,
    }
    savemat(path, {"request": content}, oned_as="row")


def path_bytes(path: str | Path) -> np.ndarray:
    """(1, n) uint8: a path as the operating system has it, for ``harness_text.m``."""
    return np.frombuffer(os.fsencode(path), np.uint8)[None, :]


def read_answers(path: Path, requests: Sequence[Request]) -> list[Answer | MFileError | ResultFault]:
    """Read a result file; a request that failed gives its fault in place of an answer.

    Raises
    ------
    ResultFault
        If the file as a whole is not a result for these requests.
    """
    from scipy.io import loadmat

    try:
        result = loadmat(path, simplify_cells=True)["result"]
        schema = result["schema"]
        jobs = result["jobs"]
    except Exception as error:
        raise ResultFault(f"{path.name}: not a readable result of harness_run.m ({error})") from None
    if schema != RESULT_SCHEMA:
        raise ResultFault(f"{path.name}: schema {schema!r} where {RESULT_SCHEMA!r} is due")
    jobs = [jobs] if isinstance(jobs, dict) else list(jobs)
    if len(jobs) != len(requests):
        raise ResultFault(f"{path.name}: {len(jobs)} answers to {len(requests)} requests")
    setup = (float(result["setup_wall_s"]), float(result["setup_cpu_s"]))
    answers: list[Answer | MFileError | ResultFault] = []
    for job, request in zip(jobs, requests, strict=True):
        try:
            answers.append(_answer(job, request, str(result["engine"]), str(result["engine_version"]), setup))
        except (MFileError, ResultFault) as fault:
            answers.append(fault)
    return answers


def _job(request: Request) -> dict[str, Any]:
    system, grid, options = request.system, request.grid, request.options
    return (
        _interactions(request)
        | relaxation_job(request)
        | {
            "isotopes": _cells(system.isotopes),
            "observed": system.observed,
            "tagged": float(system.tagged_spin + 1),
            "points": float(grid.points),
            "dt_s": float(grid.dt_s),
            "magnet_t": float(options.magnet_t),
            "formalism": options.formalism,
            "approximation": options.approximation,
            "level": float(options.level),
            "space_level": float(options.space_level),
            "prop_chop": float(options.prop_chop),
            "want_m": float("m" in request.observables),
            "want_i1z": float("i1z" in request.observables),
            "want_spins": float("spin_signals" in request.observables),
            "want_polarisations": float("spin_polarisations" in request.observables),
        }
    )


def _interactions(request: Request) -> dict[str, Any]:
    """The molecule where that is the request, else offsets and couplings in our frame."""
    if isinstance(request, MoleculeRequest):
        isotopes, carriers = zip(*request.carriers_ppm, strict=True)
        return {
            "shifts_ppm": np.array(request.molecule.shifts_ppm)[None, :],
            "couplings_hz": np.array(request.molecule.couplings_hz),
            "carrier_isotopes": _cells(isotopes),
            "carriers_ppm": np.array(carriers)[None, :],
        }
    return {
        "offsets_hz": np.array(request.system.offsets_hz)[None, :],
        "couplings_hz": np.array(request.system.couplings_hz),
    }


def _cells(items: Sequence[Any]) -> np.ndarray:
    cells = np.empty((1, len(items)), dtype=object)
    for k, item in enumerate(items):
        cells[0, k] = item
    return cells


def _answer(job: dict[str, Any], request: Request, engine: str, version: str, setup: tuple[float, float]) -> Answer:
    if not job.get("ok"):
        where = _text(job.get("where", ""))
        place = f"{_text(job.get('file', ''))}:{int(job.get('line', 0))}"
        message = " ".join(_text(job.get("message", "unknown error")).split())
        raise MFileError(f"{engine} stopped at {place}: {message}", where)
    n, points = len(request.system), request.grid.points
    observed = len(request.system.observed_spins)
    requested = request.observables
    signals = _complex(job, "spins", (observed, points)) if "spin_signals" in requested else None
    with_ratios = isinstance(request, MoleculeRequest) or request.system.relaxation is not None
    names = [str(stage) for stage in np.atleast_1d(job["stages"])]
    times = zip(np.atleast_1d(job["wall_s"]), np.atleast_1d(job["cpu_s"]), strict=True)
    stages = {"setup": setup} | {name: (float(w), float(c)) for name, (w, c) in zip(names, times, strict=True)}
    return Answer(
        engine=engine,
        engine_version=version,
        offsets_hz=_real(job, "offsets_hz", (n,)),
        couplings_hz=_real(job, "couplings_hz", (n, n)),
        dimension=int(job["dim"]),
        stages=stages,
        m=_normalised(_complex(job, "m", (points,)), "m") if "m" in requested else None,
        i1z=_normalised(_real_part(job, "i1z", (points,)), "i1z") if "i1z" in requested else None,
        spin_signals=signals,
        spin_polarisations=_real_part(job, "pols", (n, points)) if "spin_polarisations" in requested else None,
        gyromagnetic_ratios=_real(job, "gyromagnetic_ratios", (n,)) if with_ratios else None,
    )


def _text(value: Any) -> str:
    """A text that ``harness_bytes.m`` wrote, or a string as it is."""
    if isinstance(value, str):
        return value
    return np.asarray(value, np.uint8).tobytes().decode("utf-8", errors="replace")


def _real(job: dict[str, Any], name: str, shape: tuple[int, ...]) -> np.ndarray:
    value = np.asarray(job.get(name, []))
    if value.size != int(np.prod(shape)):
        raise ResultFault(f"result {name!r}: {value.size} numbers where {' x '.join(map(str, shape))} are due")
    if np.iscomplexobj(value):
        raise ResultFault(f"result {name!r}: complex where real is due")
    try:
        value = value.astype(np.float64).reshape(shape)
    except (TypeError, ValueError):
        raise ResultFault(f"result {name!r}: not numbers") from None
    bad = np.flatnonzero(~np.isfinite(value))
    if len(bad):
        raise ResultFault(f"result {name!r}: {value.flat[bad[0]]} at element {bad[0]} of {value.size}")
    return value


def _complex(job: dict[str, Any], name: str, shape: tuple[int, ...]) -> np.ndarray:
    return _real(job, f"{name}_re", shape) + 1j * _real(job, f"{name}_im", shape)


def _real_part(job: dict[str, Any], name: str, shape: tuple[int, ...]) -> np.ndarray:
    value = _complex(job, name, shape)
    worst = float(np.max(np.abs(np.imag(value))))
    if worst > IMAGINARY_LIMIT:
        raise ResultFault(f"result {name!r}: complex where real is due (imaginary part up to {worst:.3g})")
    return np.real(value)


def _normalised(value: np.ndarray, name: str) -> np.ndarray:
    if abs(value[0] - 1) > START_LIMIT:
        raise ResultFault(f"result {name!r}: {value[0]} at t = 0 where 1 is due")
    return value
