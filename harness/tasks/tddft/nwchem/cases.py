"""The requests whose answers come with the package."""

from __future__ import annotations

from dataclasses import replace

from harness.tasks.tddft.fields import DeltaStep, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.system_file import load_system

DT_AU = 0.1
KICK = DeltaStep(0.01)
"""A kick of 5e-4 along z."""
OBLIQUE = (1.0, 1.0, 1.0)


def packaged_requests() -> list[Request]:
    """Kicks, pulses, functionals and open shells of H2+, H2, LiH and H2O, and :func:`fresh_requests`.

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
        *fresh_requests(),
    ]


def fresh_requests() -> list[Request]:
    """Functionals on other molecules, directions and strengths, on grids and horizons that a rule set before the run.

    The rule (docs/tddft.md): a closed shell after a field at step 0 on level 5 over 10 au, under a pulse on level 7
    until the pulse is over, 20 au.
    """
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
