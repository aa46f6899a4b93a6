"""The linear map of one macro step at the minimum: exact frequencies and stability."""

from __future__ import annotations

from harness.suites.running import Files, write
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import MapRow, map_row
from harness.tasks.kstep.suites.measured import measured

SUITE = "map"


def of(row: MapRow, subject: str):
    """Shift and growth of a row as measurements."""
    where = f"the mode of {row.mode_cm:.0f} cm-1"
    case = f"{row.molecule}, k = {row.k}"
    return (
        measured("shift beyond the base step", case, subject, row.shift_cm, "cm-1", worst=where),
        measured("growth of the linear map", case, subject, max(row.growth, 0.0), "1"),
    )


def test_subject(method, tier_plan, validation, verdict, k):
    rows = []
    for molecule in tier_plan.molecules:
        row = map_row(method, molecule, k)
        if row is None:
            why = f"{method.name} is neither velocity Verlet nor RESPA: its linear map is not known in closed form"
            for target, metric, unit in (("shift_cm", "shift beyond the base step", "cm-1"),
                                         ("growth", "growth of the linear map", "1")):  # fmt: skip
                verdict.check(measured(metric, molecule, method.name, None, unit, absent=why), target)
            continue
        rows.append(row)
        for measurement, target in zip(of(row, method.name), ("shift_cm", "growth"), strict=True):
            verdict.check(measurement, target)
    rivals = [Method("respa-mmff", method.found), Method("verlet", method.found)]
    for molecule in tier_plan.molecules:
        for other in rivals:
            if (row := map_row(other, molecule, k)) is not None:
                rows.append(row)
                verdict.info(of(row, other.name)[0])
    write(validation.folder, Files(tables={"map": rows}))


def test_control(method, tier_plan, verdict):
    """Velocity Verlet of 1 fs shifts bonds to hydrogen by some 65 cm⁻¹, and of 3 fs it is unstable."""
    verlet = Method("verlet", method.found)
    molecule = tier_plan.molecules[0]
    for k, place, target in ((4, 0, "shift_cm"), (12, 1, "growth")):
        row = map_row(verlet, molecule, k)
        assert row is not None
        verdict.control(of(row, f"velocity Verlet of {0.25 * k:g} fs")[place], target)
