"""Values of M that two programs in two languages (numpy, Bloch vectors; Octave, density matrices) agree on.

Offsets come from the Lehmer generator with seed 20201026. For each case of :data:`harness.tasks.echo.cases.CHECKS`, M
at samples 30, 313 and 470, to seven decimals.
"""

from __future__ import annotations

from harness.tasks.echo.cases import CHECKS, LARGE, LEHMER, SMALL

__all__ = ["CASES", "LARGE", "LEHMER", "SAMPLES", "SMALL"]

SAMPLES = (30, 313, 470)
EXPECTED = {
    "A": (0.0339770 - 0.1170480j, 0.0214444 - 0.1996658j, -0.0387805 - 0.0117144j),
    "B": (0.0347146 - 0.1151875j, 0.0223256 - 0.2042598j, -0.0359473 - 0.0104291j),
    "C": (0.0373464 - 0.1168034j, 0.0230056 - 0.2018733j, -0.0372115 - 0.0066551j),
    "D": (0.0017889 - 0.1595949j, -0.0005922 - 0.2233378j, -0.0104010 - 0.0044807j),
    "E": (0.0051703 - 0.1596062j, -0.0009096 - 0.2237589j, -0.0094533 - 0.0037558j),
    "F": (-0.0013060 - 0.1983558j, -0.0033845 - 0.0494999j, -0.0016710 + 0.0000719j),
    "G": (0.0329972 - 0.1190351j, 0.0075513 - 0.2909694j, -0.0324720 + 0.0042480j),
    "H": (-0.2158052 - 0.4186329j, 0.0224885 - 0.4260423j, -0.4230513 - 0.0144001j),
}
CASES = {system.name: (system, plan, EXPECTED[system.name]) for system, plan in CHECKS}
