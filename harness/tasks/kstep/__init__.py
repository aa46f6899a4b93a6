"""Task kstep: molecular dynamics on GFN2-xTB forces in steps of k·0.25 fs, judged against xTB.

One macro step of an integrator replaces k steps of velocity Verlet, and with them k - 1 of k quantum force calls.
"""
