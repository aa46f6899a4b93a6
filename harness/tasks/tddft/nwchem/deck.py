"""The input deck of NWChem, one directive a line.

The tolerances matter: with NWChem's own (interpol 1e-7, zero 1e-8) the dipole of H2O is off by 2 % after 60 au. Tighter
ones than these make it abort ("silly accgauss"). ``delta`` is a field at step 0 alone.
"""

from __future__ import annotations

from harness.errors import InputError
from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.nwchem.request import LIBRARY, Request

JOB = "job"
FUNCTIONALS = {"hf": "hfexch", "lda": "slater vwn_5", "pbe": "xpbe96 cpbe96", "pbe0": "pbe0"}
TMAX_BEYOND = 1.5
"""NWChem's last row lies one to two steps before tmax, depending on rounding; half a step makes it definite."""
FINE_UP_TO = 5
"""Levels of PySCF's grid beyond this one are compared with NWChem's grid ``xfine``."""
SMALL_GRID = "lebedev 25 5"
"""25 radial shells of at most 110 points: a few thousand points in all, whose sum two programs form alike."""
EXACT, OWN_GRID, SAME_POINTS = (
    "energy 1d-12 density 1d-10 gradient 1d-9",
    "energy 1d-8 density 1d-9 gradient 1d-7",
    "energy 1d-10 density 1d-10 gradient 1d-8",
)
"""Of Hartree-Fock, and of functionals on each program's grid and on the same points. The energy sets the thresholds of
the density, too."""


def deck_of(request: Request, link: int = 0) -> str:
    """The deck of one run of the chain; every run but the first continues the restart file of the one before."""
    first, last = request.links[link]
    head = _head(request) if first == 0 else [f"restart {JOB}"]
    return "\n".join([*head, *_method(request), *_dynamics(request, first, last), ""])


def decks_of(request: Request) -> str:
    """All decks of a chain, as one text for the record."""
    return "\n".join(deck_of(request, link) for link in range(len(request.links)))


def _head(request: Request) -> list[str]:
    system = request.system
    rows = zip(system.elements, system.positions_bohr, strict=True)
    return [
        f"start {JOB}",
        f"charge {system.charge}",
        'geometry "system" units au nocenter noautoz noautosym',
        *(f"  {element} {x:.12f} {y:.12f} {z:.12f}" for element, (x, y, z) in rows),
        "end",
        'set geometry "system"',
        "basis spherical",
        f"  * library {LIBRARY[system.basis]}",
        "end",
    ]


def _method(request: Request) -> list[str]:
    system = request.system
    exact = system.functional == "hf"
    lines = ["dft", f"  xc {FUNCTIONALS[system.functional]}", f"  convergence {_convergence(request)}"]
    if not exact:
        lines.append(f"  grid {_grid(request)}")
    if not system.restricted:
        lines += ["  odft", f"  mult {system.multiplicity}"]
    return [*lines, "end"]


def _convergence(request: Request) -> str:
    if request.system.functional == "hf":
        return EXACT
    return SAME_POINTS if request.with_points else OWN_GRID


def _grid(request: Request) -> str:
    if request.with_points:
        return SMALL_GRID
    return "xfine" if request.system.quadrature > FINE_UP_TO else "fine"


def _dynamics(request: Request, first: int, last: int) -> list[str]:
    grid = request.grid
    steps = last + 2
    lines = ["task dft energy"] if first == 0 else []
    lines += ["rt_tddft", "  load restart"] if first else ["rt_tddft"]
    lines += [
        f"  tmax {_time((last + TMAX_BEYOND) * grid.dt_au)}",
        f"  dt {_time(grid.dt_au)}",
        '  tag "rt"',
        "  nchecks 0",
        f"  nrestarts {steps if request.complex_at else 0}",
        "  tolerances zero 1d-8 series 1d-13 interpol 1d-11",
        "  print dipole field energy",
    ]
    names = []
    for axis, part in zip("xyz", request.system.field.direction, strict=True):
        if part:
            names.append(f'"along {axis}"')
            lines += [f"  field {names[-1]}", *_field(request, axis, part), "  end"]
    lines += [f'  excite "system" with {name}' for name in names]
    if request.real_every:
        end = _time((last + 1) * grid.dt_au)
        lines += ["  visualization", "    tstart 0.0", f"    tend {end}", "    treference 0.0", "  end"]
    return [*lines, "end", "task dft rt_tddft"]


def _field(request: Request, axis: str, part: float) -> list[str]:
    """The component of the field along one axis."""
    field = request.system.field
    assert not isinstance(field, Kick)  # refused by the request
    lines = [f"    polarization {axis}", f"    max {part * field.amplitude_au:.15g}"]
    if not isinstance(field, Pulse):
        return ["    type delta", *lines]
    if field.carrier_origin_au != 0:
        raise InputError(
            f"pulse: carrier_origin_au = {field.carrier_origin_au}: NWChem's carrier starts at 0: set it to 0"
        )
    return [
        "    type gaussian",
        *lines,
        f"    frequency {field.frequency_au:.15g}",
        f"    center {field.centre_au:.15g}",
        f"    width {field.width_au:.15g}",
    ]


def _time(value: float) -> str:
    return f"{value:.10g}" if "." in f"{value:.10g}" else f"{value:.10g}.0"
