"""Constants of nature (CODATA 2018) that turn atomic units into those of tables and plots."""

from __future__ import annotations

HARTREE_EV = 27.211386245988
BOHR_ANGSTROM = 0.529177210903
TIME_FS = 0.02418884326586
