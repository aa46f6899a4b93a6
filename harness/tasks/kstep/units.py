"""Units of the task: nm, ps, Da and kJ/mol, which are coherent (1 kJ/mol = 1 Da·nm²/ps²), and their conversions.

Accelerations are force / mass in nm/ps². Quantum programs use hartree and bohr: converted where they are called, and
nowhere else. Constants: CODATA 2014, as ASE 3.29 and tblite 0.8 use them.
"""

from __future__ import annotations

from math import pi

HARTREE_KJ_MOL = 2625.4996394799
BOHR_NM = 0.0529177210544
FORCE_KJ_MOL_NM = HARTREE_KJ_MOL / BOHR_NM
"""One hartree per bohr in kJ/mol/nm."""
ANGSTROM_NM = 0.1
KCAL_KJ = 4.184
BOLTZMANN_KJ_MOL_K = 0.00831446261815324
LIGHT_CM_PS = 0.0299792458
BASE_DT_PS = 2.5e-4
"""The time step of the reference trajectories, 0.25 fs."""
FS = 1e-3
"""One femtosecond in ps."""


def wavenumber_cm(omega_rad_ps: float) -> float:
    """Wavenumber in cm⁻¹ of an angular frequency in rad/ps: ω / (2π c)."""
    return omega_rad_ps / (2 * pi * LIGHT_CM_PS)


SYMBOLS = {
    1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 14: "Si", 15: "P", 16: "S", 17: "Cl", 35: "Br", 53: "I",
}  # fmt: skip
"""The elements for which the inner force field MMFF94 has types."""

MASSES_DA = {
    1: 1.008, 6: 12.011, 7: 14.007, 8: 15.999, 9: 18.998403163, 14: 28.085, 15: 30.973761998, 16: 32.06, 17: 35.45,
    35: 79.904, 53: 126.90447,
}  # fmt: skip
"""Standard atomic weights (IUPAC 2013), in Da."""
