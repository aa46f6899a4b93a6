"""Writing a trajectory or a spectrum: CSV, JSON, PNG and JCAMP-DX, chosen by the ending of the file name."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import check_file, write_bytes, write_json, write_text
from harness.errors import InputError
from harness.finite import require_finite
from harness.memory import require_memory
from harness.spectra.spectrum import Spectrum
from harness.spins import Provenance, Trajectory

ROW_BYTES = 600
"""Of a row of four numbers while it becomes text: numbers of Python, words, and the line twice (measured)."""
ENDINGS = (".csv", ".json", ".png", ".jdx")


@dataclass(frozen=True, eq=False)
class Result:
    """What a simulation gave: a trajectory, its spectrum if one was asked for, and the facts of the experiment.

    Every value is finite, so that no file of it can hold one that is not.

    Raises
    ------
    InputError
        For the first value that is not finite: the observable, the sample and what it is.
    """

    title: str
    trajectory: Trajectory
    spectrum: Spectrum | None = None
    isotope: str = "1H"
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("mx", "my", "i1z"):
            require_finite(getattr(self.trajectory, name) if getattr(self.trajectory, name) is not None else (), name)
        if self.spectrum is not None:
            require_finite(self.spectrum.intensity, "spectrum")
            require_finite(self.spectrum.offset_hz, "offset_hz of the spectrum")
        for name, value in self.facts.items():
            if isinstance(value, float):
                require_finite(value, name)

    def csv(self) -> str:
        """t_s,mx,my,i1z; or ppm (offset_hz without a field),real,imag of the spectrum. Empty cells: not given."""
        if self.spectrum is not None:
            known = self.spectrum.larmor_hz is not None
            axis = self.spectrum.ppm if known else self.spectrum.offset_hz
            head = f"{'ppm' if known else 'offset_hz'},real,imag"
            columns = [axis, np.real(self.spectrum.intensity), np.imag(self.spectrum.intensity)]
        else:
            head = "t_s,mx,my,i1z"
            columns = [self.trajectory.grid.times_s, self.trajectory.mx, self.trajectory.my, self.trajectory.i1z]
        count = len(columns[0])
        require_memory(ROW_BYTES * count, f"the text of {count} rows", "take fewer points")
        rows = zip(*(_cells(column, len(columns[0])) for column in columns), strict=True)
        return "\n".join([head, *(",".join(row) for row in rows)]) + "\n"

    def about(self) -> dict[str, Any]:
        """As plain JSON values: the facts and the provenance."""
        return {
            "title": self.title,
            **self.facts,
            "points": self.trajectory.grid.points,
            "dt_s": self.trajectory.grid.dt_s,
            "origin": origin(self.trajectory.provenance),
            "provenance": self.trajectory.provenance.as_dict(),
        }

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values: the facts, the provenance, and all samples."""
        values = self.about()
        for name in ("mx", "my", "i1z"):
            array = getattr(self.trajectory, name)
            values[name] = None if array is None else array.tolist()
        if self.spectrum is not None:
            known = self.spectrum.larmor_hz is not None
            values["spectrum"] = {
                "offset_hz": self.spectrum.offset_hz.tolist(),
                "ppm": self.spectrum.ppm.tolist() if known else None,
                "real": np.real(self.spectrum.intensity).tolist(),
                "imag": np.imag(self.spectrum.intensity).tolist(),
            }
        return values

    def png(self) -> bytes:
        """The picture: the spectrum if there is one, else the trajectory."""
        from harness.spectra.draw import spectrum_figure, trajectory_figure

        if self.spectrum is not None:
            figure = spectrum_figure(self.spectrum, self.title, self.isotope)
        else:
            figure = trajectory_figure(self.trajectory, self.title)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=200)
        return buffer.getvalue()

    def write(self, path: str | Path) -> None:
        """Write whole and rename; see :func:`check_out` for what is refused, and when.

        Beside a CSV, whose columns leave no room for it, ``NAME.csv.json`` says where the numbers come from.
        """
        path = Path(path)
        check_out(path, self.spectrum is not None)
        if path.suffix == ".csv":
            write_text(path, self.csv())
            write_json(_about(path), self.about())
        elif path.suffix == ".json":
            write_json(path, self.as_dict())
        elif path.suffix == ".png":
            write_bytes(path, self.png())
        else:
            from harness.exchange.jcamp import jcamp_of

            assert self.spectrum is not None  # check_out has seen to it
            write_text(path, jcamp_of(self.spectrum, self.title, self.isotope))


def origin(provenance: Provenance) -> str:
    """Whose numbers these are, in a few words: method or Spinach with its commit, engine, version, cached or live."""
    details = provenance.details
    if commit := details.get("spinach_commit"):
        cached = details.get("source") == "cache"
        source = f"cache entry of {str(details.get('date', ''))[:10]}" if cached else "live"
        return f"Spinach {str(commit)[:12]} under {details['engine']} {details['engine_version']} ({source})"
    words = f"{provenance.method} ({provenance.engine} {provenance.version})".replace(" )", ")")
    return f"{words}, not {details['fallback_for']}" if "fallback_for" in details else words


def check_out(path: Path, spectrum: bool) -> None:
    """Refuse what cannot be written before anything is computed.

    Raises
    ------
    InputError
        For an unknown ending, ``.jdx`` without a spectrum, or whatever :func:`harness.durable.check_file` refuses.
    """
    if path.suffix not in ENDINGS:
        raise InputError(f"--out {str(path)!r}: the ending must be one of {', '.join(ENDINGS)}")
    if path.suffix == ".jdx" and not spectrum:
        raise InputError(f"--out {str(path)!r}: JCAMP-DX is for spectra here; add --spectrum")
    check_file(path)
    if path.suffix == ".csv":
        check_file(_about(path))


def _about(csv: Path) -> Path:
    """The file beside a CSV that says where its numbers come from."""
    return csv.with_name(f"{csv.name}.json")


def _cells(column: np.ndarray | None, rows: int) -> list[str]:
    # repr is the shortest decimal that reads back as the same float.
    return [""] * rows if column is None else [repr(value) for value in column.tolist()]
