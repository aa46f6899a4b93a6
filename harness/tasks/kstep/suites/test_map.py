"""The linear map of one macro step at the minimum: exact frequencies and stability, for several k."""

from __future__ import annotations

from harness.errors import InputError
from harness.suites.running import Files, write
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import MapRow, map_row
from harness.tasks.kstep.suites.figures import map_figure
from harness.tasks.kstep.suites.measured import measured, recorded

SUITE = "map"
METRICS = (("shift_cm", "shift beyond the base step", "cm-1"), ("growth", "growth of the linear map", "1"))
RIVALS = ("respa-mmff", "respa-gfn-ff", "verlet")


def of(row: MapRow, subject: str):
    """Shift and growth of a row as measurements."""
    where = f"the mode of {row.mode_cm:.0f} cm-1"
    case = f"{row.molecule}, k = {row.k}"
    return (
        measured("shift beyond the base step", case, subject, row.shift_cm, "cm-1", worst=where),
        measured("growth of the linear map", case, subject, max(row.growth, 0.0), "1"),
    )


def test_subject(method, tier_plan, validation, verdict):
    rows = []
    for molecule in tier_plan.molecules:
        for k in tier_plan.maps:
            row, why = _row(method, molecule, k)
            if row is None:
                _undetermined(verdict, method.name, f"{molecule}, k = {k}", why)
                continue
            rows.append(row)
            for measurement, (target, _, _) in zip(of(row, method.name), METRICS, strict=True):
                verdict.check(measurement, target)
        for name in RIVALS:
            others = [map_row(Method(name, method.found), molecule, k) for k in tier_plan.maps]
            rows += [row for row in others if row is not None]
            for row in (row for row in others if row is not None):
                case = f"{molecule}, k = {row.k}"
                verdict.info(recorded("shift beyond the base step", case, name, row.shift_cm, "cm-1"))
    pictures = {
        f"map_{name}": lambda name=name: map_figure([row for row in rows if row.molecule == name], method.name)
        for name in tier_plan.molecules
    }
    write(validation.folder, Files(tables={"map": rows}, figures=pictures))


def _row(method: Method, molecule: str, k: int) -> tuple[MapRow | None, str]:
    """The row, or why there is none: the method has no map in closed form, or is not made for this k."""
    try:
        row = map_row(method, molecule, k)
    except InputError as error:
        return None, str(error)
    why = f"{method.name} is neither velocity Verlet nor RESPA: its linear map is not known in closed form"
    return row, "" if row is not None else why


def _undetermined(verdict, subject: str, case: str, why: str) -> None:
    for target, metric, unit in METRICS:
        verdict.check(measured(metric, case, subject, None, unit, absent=why), target)


def test_control(method, tier_plan, verdict):
    """Velocity Verlet of 1 fs shifts bonds to hydrogen by some 65 cm⁻¹, and of 3 fs it is unstable."""
    verlet = Method("verlet", method.found)
    molecule = tier_plan.molecules[0]
    for k, place, target in ((4, 0, "shift_cm"), (12, 1, "growth")):
        row = map_row(verlet, molecule, k)
        assert row is not None
        verdict.control(of(row, f"velocity Verlet of {0.25 * k:g} fs")[place], target)
