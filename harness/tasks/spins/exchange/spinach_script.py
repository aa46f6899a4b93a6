"""Spinach scripts out: a function file that sets up a molecule and acquires its free induction decay.

Names of molecules and labels come from files: in the script they are character data only, never code. Single quotes are
doubled, and everything outside printable ASCII is written by its character code.
"""

from __future__ import annotations

import re

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.spinach_relaxation import basis_lines, checked, hamiltonian_lines, theory_lines
from harness.tasks.spins.systems import Molecule, TimeGrid
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio
from harness.tasks.spins.systems.relaxation import Relaxation


def spinach_script_of(
    molecule: Molecule,
    name: str,
    field_t: float,
    grid: TimeGrid,
    carrier_ppm: float | None = None,
    relaxation: Relaxation | None = None,
) -> str:
    """The text of ``<name>.m``: ``[fid,t]=<name>()``, and a plot of the spectrum where no output is requested.

    The signal is that of :func:`harness.simulate` for :meth:`Molecule.at` (Mx + iMy, 1 at t = 0). Spinach's frequencies
    are -γB0 (1 + δ), and its detection of L+ gives Mx - iMy: for γ > 0 the two signs cancel, for γ < 0 the script
    conjugates. Couplings are those of the laboratory. Shifts turn into Hz by Spinach's own γ: that of 1H agrees with
    ours to all digits, those of the others are up to 9e-4 from the IUPAC frequency ratios used here.

    Parameters
    ----------
    molecule
        What to simulate.
    name
        Of the function: a MATLAB identifier.
    field_t
        Magnet in tesla.
    grid
        When to sample.
    carrier_ppm
        Carrier of the observed isotope; by default the middle of its shifts.
    relaxation
        How the spins relax, None: not at all. The script then works in Liouville space, complete where that is small
        (:mod:`harness.tasks.spins.exchange.spinach_relaxation`).

    Raises
    ------
    InputError
        For a name that is not an identifier, a field that is not positive, or a relaxation of other spins.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name):
        raise InputError(f"script name {name!r}: must be a MATLAB identifier (letters, digits, underscore)")
    if not 0 < field_t < float("inf"):
        raise InputError(f"field_t = {field_t!r}: must be a positive number of tesla")
    carrier = molecule.centre_ppm(molecule.observed) if carrier_ppm is None else float(carrier_ppm)
    n = len(molecule)
    numbers = ",".join(repr(value) for value in molecule.shifts_ppm.tolist())
    lines = [
        f"% Free induction decay of {comment_text(molecule.name)} by Spinach. Syntax:",
        "%",
        f"%           [fid,t]={name}()",
        "%",
        "% Outputs:",
        "%",
        "%    fid - Mx+1i*My of the observed isotope, 1 at t=0, column",
        "%    t   - time, seconds, column",
        "%",
        "% Without outputs the spectrum is plotted. Written by spin-harness.",
        "",
        f"function [fid,t]={name}()",
        "",
        "% Magnet, tesla",
        f"sys.magnet={field_t!r};",
        "",
        "% Spins",
        f"sys.isotopes={{{','.join(quoted(i) for i in molecule.isotopes)}}};",
        f"sys.labels={{{','.join(quoted(label) for label in molecule.labels)}}};",
        "",
        "% Chemical shifts, ppm",
        f"inter.zeeman.scalar={{{numbers}}};",
        "",
        "% Scalar couplings, Hz",
        f"inter.coupling.scalar=cell({n},{n});",
    ]
    for i, j in np.argwhere(np.triu(molecule.couplings_hz) != 0).tolist():
        lines.append(f"inter.coupling.scalar{{{i + 1},{j + 1}}}={float(molecule.couplings_hz[i, j])!r};")
    if relaxation is not None:
        lines += theory_lines(checked(molecule, relaxation))
    observed = quoted(molecule.observed)
    turned = "conj(fid(:)/fid(1))" if gyromagnetic_ratio(molecule.observed) < 0 else "fid(:)/fid(1)"
    still = ["", "% Complete basis", "bas.formalism='zeeman-hilb';", "bas.approximation='none';"]
    lines += still if relaxation is None else basis_lines(relaxation, n)
    generator = ["H=hamiltonian(spin_system);"] if relaxation is None else hamiltonian_lines(relaxation)
    lines += [
        "",
        "% No console chatter, no start-up checks, full accuracy",
        "sys.output='hush';",
        "sys.disable={'hygiene'};",
        "sys.tols.prop_chop=2.2e-16;",
        "",
        "% Carrier, ppm and Hz; interval and number of samples",
        f"larmor_mhz=abs(spin({observed}))*sys.magnet/(2e6*pi);",
        f"carrier_ppm={carrier!r}; carrier_hz=carrier_ppm*larmor_mhz;",
        f"dt={grid.dt_s!r}; npoints={grid.points};",
        "",
        "% Hamiltonian in the rotating frame",
        "spin_system=basis(create(sys,inter),bas);",
        "spin_system=assume(spin_system,'nmr');",
        *generator,
        "",
        "% Evolution and detection, carrier taken off afterwards",
        f"coil=state(spin_system,'L+',{observed}); rho=state(spin_system,'Lx',{observed});",
        "fid=evolution(spin_system,H,coil,rho,dt,npoints-1,'observable');",
        f"t=dt*(0:(npoints-1)).'; fid={turned}.*exp(-2i*pi*carrier_hz*t);",
        "",
        "% Spectrum",
        "if nargout==0",
        "    s=fid.*cos(pi*t/(2*npoints*dt)).^2; s(1)=s(1)/2;",
        "    nf=4*npoints; f=((0:(nf-1))-floor(nf/2))/(nf*dt);",
        "    plot(carrier_ppm+f/larmor_mhz,real(fftshift(fft(s,nf))));",
        f"    set(gca,'XDir','reverse'); xlabel({quoted(molecule.observed + ' chemical shift / ppm')});",
        "    clear('fid','t');",
        "end",
        "",
        "end",
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """``text`` as a MATLAB expression that evaluates to it and to nothing else."""
    parts = re.findall(r"[ -~]+|[^ -~]+", text)
    if not text:
        return "''"
    shown = ["'" + p.replace("'", "''") + "'" if " " <= p[0] <= "~" else _codes(p) for p in parts]
    return shown[0] if len(shown) == 1 else "[" + " ".join(shown) + "]"


def comment_text(text: str) -> str:
    """``text`` on one line of printable ASCII, for a comment."""
    return "".join(c if " " <= c <= "~" else "?" for c in " ".join(text.split()))[:60]


def _codes(text: str) -> str:
    # UTF-16 code units, which is what a char of MATLAB is.
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2").tolist()
    return f"char([{' '.join(map(str, units))}])"
