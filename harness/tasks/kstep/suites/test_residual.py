"""What the correction leaves of the quantum force at fresh geometries of Langevin dynamics on GFN2-xTB."""

from __future__ import annotations

import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.suites.measured import measured
from harness.tasks.kstep.suites.residual import ResidualRow, residual_row

SUITE = "residual"
pytestmark = pytest.mark.tier("nightly")
RMS, LARGEST, UNIT = "residual force, rms", "residual force, largest component", "kJ/mol/nm"


@pytest.fixture(scope="module")
def rows(correction, tier_plan, validation) -> list[ResidualRow]:
    """One row for each molecule of the tier."""
    seed = validation.options.fresh_seed
    found = [residual_row(correction, name, seed) for name in tier_plan.molecules]
    write(validation.folder, Files(tables={"residual": found}))
    return found


def test_subject(rows, correction, validation, verdict):
    seed = validation.options.fresh_seed
    for row in rows:
        about = {"cases": row.geometries, "seed": seed}
        case = f"{row.molecule}, {row.geometries} geometries of 300 to 600 K"
        verdict.check(measured(RMS, case, correction.name, row.rms, UNIT, **about), "rms")
        verdict.check(measured(LARGEST, case, correction.name, row.largest, UNIT, **about), "largest")


def test_control(rows, verdict):
    """MMFF94 without a correction."""
    row = rows[0]
    verdict.control(measured(RMS, row.molecule, "MMFF94 alone", row.mmff_rms, UNIT), "rms")
    verdict.control(measured(LARGEST, row.molecule, "MMFF94 alone", row.mmff_largest, UNIT), "largest")
