"""Task ``tddft``: real-time time-dependent density functional theory, judged against NWChem.

All quantities are in atomic units (energy in hartree, length in bohr, time in units of 0.0241888 fs) unless their name
states another unit. Density matrices are those of the symmetrically orthogonalised (Löwdin) basis, one for each spin.
No large package is imported here.
"""
