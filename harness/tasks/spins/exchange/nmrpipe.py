"""NMRPipe files of free induction decays, written by nmrglue (extra ``nmr``): complex numbers of 32 bits.

exp(+2πi f t) is a line at carrier + f, higher ppm for positive f, as NMRPipe's own FT has it. NMRPipe takes the first
sample in full where our spectra take half of it: "FT" after a window with "-c 0.5".

Source: F. Delaglio et al., J. Biomol. NMR 6, 277 (1995); J. J. Helmus, C. P. Jaroniec, J. Biomol. NMR 55, 355 (2013).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from harness.errors import InputError
from harness.finite import require_finite
from harness.tasks.spins.systems import Trajectory

MOST_POINTS = 1 << 24
"""Sizes are numbers of 32-bit floating point in the header: exact up to here."""
LONGEST_TITLE = 60


def require_nmrglue() -> None:
    """Refuse, with the command that installs it, where nmrglue is missing."""
    from importlib.util import find_spec

    if find_spec("nmrglue") is None:
        from harness.requirements import install_command

        raise InputError(f"NMRPipe files are written by nmrglue, which is not installed: {install_command('nmr')}")


def nmrpipe_of(trajectory: Trajectory, title: str) -> bytes:
    """The content of a one-dimensional NMRPipe file of M.

    Raises
    ------
    InputError
        Without nmrglue, without a chemical shift axis, with too many points, or with values that are not finite.
    """
    require_nmrglue()
    from nmrglue.fileio import fileiobase, pipe

    axis, grid = trajectory.axis, trajectory.grid
    if axis is None:
        raise InputError("an NMRPipe file needs a ppm axis: give field_t (or mhz) and carrier_ppm")
    if grid.points > MOST_POINTS:
        raise InputError(f"an NMRPipe file of {grid.points} points: its header counts to {MOST_POINTS}; take fewer")
    m = trajectory.m
    require_finite(m, "m")
    mhz = axis.larmor_hz / 1e6
    about = fileiobase.create_blank_udic(1)
    about[0].update(
        size=grid.points, complex=True, time=True, freq=False, encoding="direct", label=axis.isotope,
        sw=1 / grid.dt_s, obs=mhz, car=axis.carrier_ppm * mhz,
    )  # fmt: skip
    head = pipe.create_dic(about, datetime.now())
    head["FDTITLE"] = title.encode("ascii", "replace").decode()[:LONGEST_TITLE]
    samples = np.concatenate([np.real(m), np.imag(m)]).astype(np.float32)
    return pipe.dic2fdata(head).tobytes() + samples.tobytes()
