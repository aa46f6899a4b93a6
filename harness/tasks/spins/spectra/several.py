"""Several systems on one axis: one figure, one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import check_file
from harness.errors import InputError
from harness.tasks.spins.spectra.plain import csv_of, png_of, write_plain
from harness.tasks.spins.spectra.write import ENDINGS, Result
from harness.tasks.spins.systems import ShiftAxis

SHARED_ENDINGS = (".csv", ".json", ".png")


@dataclass(frozen=True, eq=False)
class Several:
    """Results on one grid, with one field, one carrier and one observed isotope.

    Raises
    ------
    InputError
        For results that differ in one of these: the two labels and what differs.
    """

    title: str
    results: tuple[Result, ...]

    def __post_init__(self) -> None:
        check_alike([(one.label, one.isotope, one.trajectory.axis) for one in self.results])
        grids = {one.trajectory.grid for one in self.results}
        if len(grids) > 1:
            raise InputError(f"results on {len(grids)} grids ({', '.join(map(repr, grids))}): one table has one")

    def __repr__(self) -> str:
        return f"Several({self.title!r}, {len(self.results)} results)"

    def csv(self) -> str:
        """The abscissa once, then the columns of each result with its label before their names."""
        tables = [result.columns() for result in self.results]
        name, abscissa = tables[0][0]
        columns = [
            (f"{result.label}_{title}", values)
            for result, (_, *rest) in zip(self.results, tables, strict=True)
            for title, values in rest
        ]
        return csv_of(name, np.asarray(abscissa), columns)

    def about(self) -> dict[str, Any]:
        """As plain JSON values: the facts and provenance of each."""
        return {"title": self.title, "results": [{"label": one.label, **one.about()} for one in self.results]}

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, with all samples."""
        return {"title": self.title, "results": [{"label": one.label, **one.as_dict()} for one in self.results]}

    def png(self) -> bytes:
        """The spectra above one another."""
        from harness.tasks.spins.spectra.figures import stacked_figure

        rows = [(one.label, one.spins, one.spectrum) for one in self.results if one.spectrum is not None]
        return png_of(stacked_figure(rows, self.title, self.results[0].isotope, self.results[0].ppm))

    def write(self, path: str | Path) -> None:
        """Write whole and rename, as :meth:`Result.write`."""
        path = Path(path)
        check_shared(path, self.results[0].spectrum is not None)
        write_plain(path, self)


def check_alike(systems: Sequence[tuple[str, str, ShiftAxis | None]]) -> None:
    """Refuse systems that cannot share an axis: (label, observed isotope, chemical shift axis) of each.

    Raises
    ------
    InputError
        Naming two of them and what differs.
    """
    first, *others = systems
    for other in others:
        for what, one, two in zip(("nuclei", "axes"), first[1:], other[1:], strict=True):
            if one != two:
                raise InputError(
                    f"{first[0]!r} and {other[0]!r} have different {what} ({one or 'in Hz'}; {two or 'in Hz'}): one "
                    "figure has one field, one carrier and one observed isotope; give --mhz and --carrier-ppm to all"
                )


def check_shared(path: Path, spectrum: bool) -> None:
    """Refuse what cannot hold several results before anything is computed.

    Raises
    ------
    InputError
        For a format of one signal, a picture of trajectories, or what :func:`harness.durable.check_file` refuses.
    """
    if path.suffix in ENDINGS and path.suffix not in SHARED_ENDINGS:
        raise InputError(
            f"--out {str(path)!r}: holds one signal; give one molecule, or one of {', '.join(SHARED_ENDINGS)}"
        )
    if path.suffix == ".png" and not spectrum:
        raise InputError(f"--out {str(path)!r}: a figure of several molecules is one of spectra; add --spectrum")
    check_file(path)
