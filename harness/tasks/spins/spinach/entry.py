"""One cache entry: a request, what Spinach gave for it, and the complete record of the run, as a file of
:mod:`harness.bridge.entry_file`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.bridge.entry_file import BLOCK, CacheFault, EntryFormat
from harness.bridge.folders import checked_content
from harness.tasks.spins.spinach.answers import spinach_trajectory, with_used
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.manifest import PINS
from harness.tasks.spins.spinach.molecule_request import MoleculeRequest
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import OBSERVABLES, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.relaxation import Relaxation

__all__ = [
    "BLOCK",
    "CacheFault",
    "Entry",
    "EntryName",
    "entry_name",
    "from_bytes",
    "parse_entry_name",
    "read_entry",
    "to_bytes",
]

FORMAT = EntryFormat("spin-harness-cache", 1)
_NAME = re.compile(r"([0-9a-f]{32})-(\d+)-([mips]+)-(spinach-[a-z]+)-([0-9a-z+-]{1,40})\.h5")
_LETTERS: dict[str, str] = dict(zip(OBSERVABLES, "mips", strict=True))


@dataclass(frozen=True)
class EntryName:
    """The parts of the file name of an entry."""

    family: str
    points: int
    observables: str
    engine: str
    commit: str


@dataclass(frozen=True, eq=False)
class Entry:
    """A request, the answer to it, and everything about the run.

    ``role`` groups entries ("molecule", "chain", …), ``case`` names one within its role; ``parameters`` holds what the
    system was made from (source, field, carrier, seed, draws); ``details`` the provenance of the run.
    """

    request: Request
    answer: Answer
    engine: str
    commit: str
    details: Mapping[str, Any]
    role: str = ""
    case: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None

    @property
    def system(self) -> SpinSystem:
        """The system of the request."""
        return self.request.system

    @property
    def grid(self) -> TimeGrid:
        """The grid of the whole entry."""
        return self.request.grid

    @property
    def system_used(self) -> SpinSystem:
        """The system with the offsets and couplings that Spinach really used, after its rounding."""
        ratios_used = self.answer.gyromagnetic_ratios
        ratios = {} if ratios_used is None else dict(zip(self.system.isotopes, map(float, ratios_used), strict=True))
        return with_used(self.system, self.answer.offsets_hz, self.answer.couplings_hz, ratios)

    @property
    def basis(self) -> str:
        """The basis in words: "complete", or the approximation and its level."""
        return self.request.options.basis

    @property
    def truncated(self) -> bool:
        """True if the basis was not complete."""
        return self.request.options.truncated

    @property
    def wall_s(self) -> float:
        """Wall time of the run in seconds, all stages."""
        return float(sum(self.details["stages_wall_s"].values()))

    @property
    def key(self) -> str:
        """The full key, see :meth:`Request.key`."""
        return self.request.key(self.engine, self.commit)

    @property
    def origin(self) -> dict[str, str]:
        """Where the entry lies: in the packaged folder, whose entries are pinned, or in a folder of the user."""
        if self.path is None:
            return {}
        if PINS.is_packaged(self.path.parent):
            return {"cache_file": self.path.name, "cache_folder_kind": "packaged"}
        return {"cache_file": self.path.name, "cache_folder_kind": "user", "cache_folder": str(self.path.parent)}

    def answers(self, request: Request) -> bool:
        """True if this entry holds everything that ``request`` requires."""
        return (
            self.request.family == request.family
            and self.grid.points >= request.grid.points
            and set(request.observables) <= set(self.request.observables)
        )

    def trajectory(self, request: Request | None = None) -> Trajectory:
        """The trajectory of the entry, or the part of it that ``request`` requires."""
        request = request or self.request
        if not self.answers(request):
            raise ValueError("this entry does not answer that request")
        points, requested = request.grid.points, request.observables

        def part(name: str) -> np.ndarray | None:
            value = getattr(self.answer, name)
            return None if value is None or name not in requested else value[..., :points]

        answer = replace(self.answer, **{name: part(name) for name in OBSERVABLES})  # type: ignore[arg-type]
        details = {**self.details, "cache_key": self.key, "cache_role": self.role, "cache_case": self.case}
        details |= self.origin
        if points < self.grid.points:
            details["prefix_of_points"] = self.grid.points
        return spinach_trajectory(request, answer, details, "cache")


def entry_name(request: Request, engine: str, commit: str) -> str:
    """File name: family, length and observables of the request, engine, commit."""
    letters = "".join(_LETTERS[name] for name in request.observables)
    return f"{request.family[:32]}-{request.grid.points}-{letters}-{engine}-{_short(commit)}.h5"


def parse_entry_name(name: str) -> EntryName | None:
    """The parts of a file name, or None if it is not that of an entry."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return EntryName(match[1], int(match[2]), match[3], match[4], match[5])


def read_entry(path: Path) -> Entry:
    """Read and check one file.

    Raises
    ------
    CacheFault
        Naming the file, what is wrong with it, and what to do.
    """
    entry = from_bytes(checked_content(path, PINS), str(path), path)
    if path.name != entry_name(entry.request, entry.engine, entry.commit):
        raise CacheFault(f"cache file {path}: its name does not fit its content; remove it")
    return entry


def to_bytes(entry: Entry) -> bytes:
    """The whole file."""
    return FORMAT.to_bytes(_header(entry), _arrays(entry))


def _header(entry: Entry) -> dict[str, Any]:
    system, answer, options = entry.request.system, entry.answer, entry.request.options
    header = {
        "schema": FORMAT.schema,
        "key": entry.key,
        "engine": entry.engine,
        "spinach_commit": entry.commit,
        "role": entry.role,
        "case": entry.case,
        "parameters": dict(entry.parameters),
        "details": dict(entry.details),
        "system": {
            "labels": list(system.labels),
            "isotopes": list(system.isotopes),
            "observed": system.observed,
            "tagged_spin": system.tagged_spin,
            "name": system.name,
        },
        "grid": {"points": entry.grid.points, "dt_s": entry.grid.dt_s.hex()},
        "observables": list(entry.request.observables),
        "options": {
            "formalism": options.formalism,
            "approximation": options.approximation,
            "level": options.level,
            "magnet_t": float(options.magnet_t).hex(),
            "prop_chop": float(options.prop_chop).hex(),
            **options.further(system.relaxation is not None),
        },
        "dimension": answer.dimension,
        "stages": {name: list(times) for name, times in answer.stages.items()},
    }
    if isinstance(entry.request, MoleculeRequest):
        header["molecule"] = entry.request.record()
    if system.relaxation is not None:
        header["relaxation"] = system.relaxation.as_dict()
    return header


def _arrays(entry: Entry) -> dict[str, np.ndarray]:
    """Every array of the file, float64."""
    system, answer = entry.request.system, entry.answer
    arrays = {
        "offsets_hz": system.offsets_hz,
        "couplings_hz": system.couplings_hz,
        "offsets_used_hz": answer.offsets_hz,
        "couplings_used_hz": answer.couplings_hz,
    }
    if answer.m is not None:
        arrays |= {"mx": np.real(answer.m), "my": np.imag(answer.m)}
    if answer.i1z is not None:
        arrays["i1z"] = answer.i1z
    if answer.spin_signals is not None:
        arrays |= {"spin_re": np.real(answer.spin_signals), "spin_im": np.imag(answer.spin_signals)}
    if answer.spin_polarisations is not None:
        arrays["spin_polarisations"] = answer.spin_polarisations
    if isinstance(entry.request, MoleculeRequest):
        molecule = entry.request.molecule
        arrays |= {"shifts_ppm": molecule.shifts_ppm, "laboratory_couplings_hz": molecule.couplings_hz}
    if answer.gyromagnetic_ratios is not None:
        arrays["gyromagnetic_ratios"] = answer.gyromagnetic_ratios
    return {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}


def from_bytes(content: bytes, where: str, path: Path | None = None) -> Entry:
    """Check and read the content of a file; ``where`` is its name in messages."""
    return FORMAT.from_bytes(content, where, lambda header, arrays: _parsed(header, arrays, path))


def _parsed(header: dict[str, Any], arrays: dict[str, np.ndarray], path: Path | None) -> Entry:
    named, grid, options = header["system"], header["grid"], header["options"]
    relaxation = Relaxation.from_dict(header["relaxation"]) if "relaxation" in header else None
    system = SpinSystem(arrays["offsets_hz"], arrays["couplings_hz"], **named, relaxation=relaxation)
    request = Request(
        system,
        TimeGrid(grid["points"], float.fromhex(grid["dt_s"])),
        tuple(header["observables"]),
        SpinachOptions(
            options["formalism"],
            options["approximation"],
            options["level"],
            float.fromhex(options["magnet_t"]),
            float.fromhex(options["prop_chop"]),
            options.get("space_level", 1),
            **{name: float.fromhex(options[name]) for name in ("rlx_integration", "rlx_zero") if name in options},
        ),
    )
    if "molecule" in header:
        laboratory = arrays["shifts_ppm"], arrays["laboratory_couplings_hz"]
        request = MoleculeRequest.from_record(request, header["molecule"], *laboratory)
    details = header["details"]
    answer = Answer(
        engine=details["engine"],
        engine_version=details["engine_version"],
        offsets_hz=arrays["offsets_used_hz"],
        couplings_hz=arrays["couplings_used_hz"],
        dimension=header["dimension"],
        stages={name: (wall, cpu) for name, (wall, cpu) in header["stages"].items()},
        m=arrays["mx"] + 1j * arrays["my"] if "mx" in arrays else None,
        i1z=arrays.get("i1z"),
        spin_signals=arrays["spin_re"] + 1j * arrays["spin_im"] if "spin_re" in arrays else None,
        spin_polarisations=arrays.get("spin_polarisations"),
        gyromagnetic_ratios=arrays.get("gyromagnetic_ratios"),
    )
    entry = Entry(
        request,
        answer,
        header["engine"],
        header["spinach_commit"],
        details,
        header["role"],
        header["case"],
        header["parameters"],
        path,
    )
    if entry.key != header["key"]:
        raise ValueError("the key does not follow from the request")
    return entry


def _short(commit: str) -> str:
    return re.sub(r"[^0-9a-z+-]", "", commit.lower())[:40] if "+" in commit or "-" in commit else commit[:12]
