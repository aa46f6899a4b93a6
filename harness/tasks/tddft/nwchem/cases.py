"""The requests whose answers come with the package."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.tasks.tddft.fields import DeltaStep, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.populations import geometry
from harness.tasks.tddft.system_file import load_system

DT_AU = 0.1
KICK = DeltaStep(0.01)
"""A kick of 5e-4 along z."""
OBLIQUE = (1.0, 1.0, 1.0)


def packaged_requests() -> list[Request]:
    """Kicks, pulses, functionals and open shells of H2+, H2, LiH and H2O, :func:`other_grids` and
    :func:`same_points`.

    The requests on levels 7 and 9 repeat the two before them on finer quadrature grids of both programs, over the
    pulse and 5 au.
    """
    ion, h2, lih, h2o = (load_system(name) for name in ("h2_plus", "h2", "lih", "h2o"))
    lih_ion = replace(lih, name="LiH+", charge=1, multiplicity=2)
    long, middle, whole_pulse, short, first = (
        AtomicTimeGrid.until(horizon, DT_AU, rule="em") for horizon in (60.0, 30.0, 20.0, 10.0, 5.0)
    )

    def pulse(amplitude: float, frequency: float, direction: tuple[float, float, float] = (0.0, 0.0, 1.0)) -> Pulse:
        return Pulse(amplitude, frequency, direction, carrier_origin_au=0.0)

    return [
        Request(ion.under(KICK), long),
        Request(h2.under(KICK), long, real_every=100),
        Request(h2.under(KICK), middle, complex_at=(50, 100, 200)),
        Request(h2.under(pulse(0.05, 0.55)), long),
        Request(lih.under(KICK), long, real_every=100),
        Request(lih.under(pulse(0.02, 0.15, OBLIQUE)), long),
        Request(lih_ion.under(KICK), middle, complex_at=(100,)),
        Request(h2o.under(KICK), long, real_every=100),
        Request(h2o.under(DeltaStep(0.01, OBLIQUE)), middle, complex_at=(50, 100, 200)),
        Request(h2o.under(pulse(0.02, 0.4336)), long),
        Request(h2o.under(pulse(0.05, 0.3, OBLIQUE)), long),
        *(Request(replace(h2o.under(KICK), functional=name, quadrature=5), short) for name in ("lda", "pbe", "pbe0")),
        Request(replace(h2o.under(pulse(0.05, 0.3, OBLIQUE)), functional="lda", quadrature=3), middle),
        Request(replace(lih_ion.under(KICK), functional="lda", quadrature=5), short),
        Request(replace(h2o.under(pulse(0.05, 0.3, OBLIQUE)), functional="lda", quadrature=7), whole_pulse),
        Request(replace(lih_ion.under(KICK), functional="lda", quadrature=9), first),
        *other_grids(),
        *same_points(),
    ]


def other_grids() -> list[Request]:
    """Functionals on other molecules, directions and strengths, each program on a grid of its own."""
    nh3, lih = (load_system(name) for name in ("nh3", "lih"))
    short, whole_pulse = (AtomicTimeGrid.until(horizon, DT_AU, rule="em") for horizon in (10.0, 20.0))
    kick = DeltaStep(0.01, OBLIQUE)
    weak = Pulse(0.02, 0.3, (1.0, -2.0, 1.0), carrier_origin_au=0.0)
    strong = Pulse(0.03, 0.2, (0.0, 1.0, -2.0), carrier_origin_au=0.0)
    return [
        Request(replace(nh3.under(kick), functional="lda", quadrature=5), short),
        Request(replace(lih.under(kick), functional="pbe0", quadrature=5), short),
        Request(replace(nh3.under(weak), functional="lda", quadrature=7), whole_pulse),
        Request(replace(lih.under(strong), functional="pbe0", quadrature=7), whole_pulse),
    ]


def same_points() -> list[Request]:
    """Functionals where both programs sum over the same points: :func:`other_grids` again, and
    :func:`drawn_requests`."""
    again = [replace(one, with_points=True) for one in other_grids()]
    return [*again, *(one for seed in DRAWN_SEEDS for one in drawn_requests(seed))]


DRAWN_SEEDS = (404, 405)
DRAWN = {"h2": "pbe", "lih": "lda", "h2o": "pbe0", "nh3": "pbe"}
"""Molecule → functional of the drawn requests; an ion of LiH is drawn in PBE0 too."""
DRAWN_GRID = AtomicTimeGrid.until(30.0, DT_AU, rule="em")


def drawn_requests(seed: int) -> list[Request]:
    """One request for each of :data:`DRAWN` and an open shell over 30 au: random geometry (NH3: its own), direction,
    strength and frequency; fields at step 0 and pulses in turn.

    Numbers are rounded to six decimals: the last digit of a sine depends on the processor, the key of a request must
    not.
    """
    generator = np.random.default_rng(seed)
    molecules = [*((name, functional, 0) for name, functional in DRAWN.items()), ("lih", "pbe0", 1)]
    found = []
    for place, (name, functional, charge) in enumerate(molecules):
        system = load_system(name)
        if name != "nh3":
            places = geometry(name, generator)
            system = replace(system, positions_bohr=tuple((_short(x), _short(y), _short(z)) for x, y, z in places))
        x, y, z = (_short(part) for part in generator.normal(size=3))
        strength, frequency = _short(generator.uniform(0.005, 0.05)), _short(generator.uniform(0.15, 0.6))
        pulse = Pulse(strength, frequency, (x, y, z), carrier_origin_au=0.0)
        system = replace(
            system,
            name=f"{system.name}{'+' * charge} {seed}/{place}",
            functional=functional,
            charge=charge,
            multiplicity=1 + charge,
            field=pulse if place % 2 else DeltaStep(strength, (x, y, z)),
        )
        found.append(Request(system, DRAWN_GRID, with_points=True))
    return found


def _short(value: float) -> float:
    return round(float(value), 6)
