"""The page of experiment 2: one row and one exhibit per case, the figure, and the answer in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.durable import write_text
from harness.report.page import Figure, SuitePage, SuiteRun
from harness.report.records import Record
from harness.report.tables import number, to_csv
from harness.suites.spinach.exhibits import exhibit
from harness.suites.spinach.figure import draw
from harness.suites.spinach.measure import BASELINES

CSV = "exp2_spinach.csv"
PICTURE = "figures/figure2_spinach.png"
FACTS = (
    "role",
    "molecule",
    "source",
    "field_t",
    "carrier_ppm",
    "spins",
    "points",
    "dt_s",
    "engine",
    "basis",
    "vacuous",
)
MOLECULES, CHAINS = ("molecule", "molecule-variant-test"), ("chain", "chain-strong", "chain-truncated")


@dataclass(frozen=True)
class Row:
    """What the records say of one case, and what is known of it."""

    case: str
    role: str
    facts: dict[str, str]
    records: tuple[Record, ...]
    subject: str

    def value(self, metric: str, whose: str = "") -> float | None:
        """The number of the subject (or of a baseline) for a metric."""
        return next(
            (
                r.measurement.value
                for r in (self.records if not whose else reversed(self.records))
                if r.measurement.metric == metric and r.measurement.subject == (whose or self.subject)
            ),
            None,
        )

    @property
    def verdict(self) -> str:
        """The worst verdict of the case, controls left out."""
        verdicts = {r.verdict for r in self.records if r.expected == "meet"}
        return next((v for v in ("error", "fail", "pass", "not-determined", "info") if v in verdicts), "info")

    @property
    def judged(self) -> bool:
        """True for cases of the judged roles."""
        return self.role in (*MOLECULES, *CHAINS)


def rows_of(run: SuiteRun) -> list[Row]:
    """One row per case that was compared, in the order in which it was."""
    kept = set(run.kept())
    compared = [r for r in run.records if r.measurement.metric == "RMSE of M" and r.expected == "meet"]
    cases = list(dict.fromkeys(r.measurement.case for r in compared))
    rows = []
    for case in cases:
        arrays = run.arrays(case) if case in kept else {}
        facts = {key: str(arrays[key]) for key in FACTS if key in arrays}
        records = tuple(r for r in run.of_case(case) if r.expected == "meet")
        rows.append(Row(case, facts.get("role", ""), facts, records, run.subject))
    return rows


def present(run: SuiteRun) -> SuitePage:
    """Write ``exp2_spinach.csv`` and the figure; return the page."""
    rows = rows_of(run)
    write_text(run.folder / CSV, to_csv([csv_row(run, row) for row in rows]))
    figures = []
    if any(row.facts for row in rows):
        draw(run, rows, run.folder / PICTURE)
        caption = (
            f"{run.subject} beside {run.reference}. Left: a molecule's spectrum and a strongly coupled chain, the "
            "reference broad and grey, the subject in orange on it. Right: every case as a point, both formulas too; "
            "the lines are the targets; errors below 1e-6 are drawn at 1e-6. Unlabelled glycine is left out."
        )
        figures.append(Figure(run.folder / PICTURE, alt_text(run, rows), caption))
    exhibits = [exhibit(run, row.case, row.verdict in ("fail", "error"), row.records, summary(row)) for row in rows]
    exhibits.sort(key=lambda e: not e.unmet)
    return SuitePage(
        f"Molecules and chains against {run.reference.capitalize()}",
        f"May {run.subject} be trusted in place of {run.reference.capitalize()}, on small molecules and on chains of "
        "coupled spins?",
        answer(run, rows),
        figures,
        exhibits,
        notes(run, rows),
        (CSV, PICTURE) if figures else (CSV,),
        lead=True,
    )


def worst(rows: Sequence[Row], roles: Sequence[str], metric: str, whose: str = "") -> float | None:
    """The largest value of a metric over the cases of some roles; cases that show nothing are left out."""
    chosen = [row for row in rows if row.role in roles and row.facts.get("vacuous") != "True"]
    values = [v for v in (row.value(metric, whose) for row in chosen) if v is not None]
    return max(values, default=None)


def answer(run: SuiteRun, rows: Sequence[Row]) -> str:
    """One paragraph: the worst cases of both kinds, the formulas beside, the effect of the source, the times."""
    parts = []
    for name, roles, metric in (
        ("molecules", MOLECULES, "relative error of M"),
        ("chains", ("chain", "chain-truncated"), "RMSE of M"),
        ("strongly coupled chains", ("chain-strong",), "RMSE of M"),
    ):
        count = sum(row.role in roles for row in rows)
        found = worst(rows, roles, metric)
        if not count:
            continue
        beside = ", ".join(
            f"{baseline.replace('-', ' ')} {number(value)}"
            for baseline in BASELINES
            if (value := worst(rows, roles, metric, baseline)) is not None
        )
        text = "gave no usable answer" if found is None else f"worst {metric} {number(found)}"
        parts.append(f"{count} {name}: {text} ({beside}).")
    sources = [r for r in run.records if r.measurement.metric == "difference of M between sources"]
    values = [r.measurement.value for r in sources if r.measurement.value]
    if values:
        parts.append(
            f"Choosing the other published parameter set moves M by {min(values):.0%} to {max(values):.0%}: "
            "that uncertainty is in the sample and the source, not in the subject."
        )
    ratios = [v for v in (row.value("time ratio") for row in rows if row.judged) if v]
    if ratios:
        middle = sorted(ratios)[len(ratios) // 2]
        parts.append(
            f"One system at a time, {run.reference} takes {number(middle)} times as long as the subject (median over "
            f"the cases; {number(min(ratios))} to {number(max(ratios))} times)."
        )
    return " ".join(parts)


def notes(run: SuiteRun, rows: Sequence[Row]) -> list[str]:
    """Caveats that belong beside the numbers."""
    found = []
    if run.facts.get("warning"):
        found.append(run.facts["warning"] + ".")
    vacuous = [row.case for row in rows if row.facts.get("vacuous") == "True"]
    if vacuous:
        found.append(
            f"Unlabelled glycine ({len(vacuous)} cases) is vacuous for M: one undamped line, which every method gets "
            "right. Its I1z hangs on a geminal coupling that is a placeholder in the sources and is kept out of every "
            "verdict. The ¹³C-labelled variant stands beside it."
        )
    if any(row.role == "chain-truncated" for row in rows):
        found.append("Spinach computed the chains of 12 spins in a truncated basis (IK-1, level 6: about 2e-7).")
    found.append(
        "Line positions and splittings are what a least-squares fit to the subject's FID would report instead of the "
        "true ones (one Gauss-Newton step): 30 ms of signal have a resolution of 33 Hz, in which no peak can be picked."
    )
    found.append("Chains have no field; their ppm axis is nominal (11.74 T, 500 MHz for protons, carrier at 0).")
    return found


def summary(row: Row) -> str:
    """The numbers of one case in one line."""
    metric = "relative error of M" if row.role.startswith("molecule") else "RMSE of M"
    problem = next((r.judgement.message for r in row.records if r.verdict == "error"), "")
    if problem:
        return problem
    if row.value(metric) is None:
        return next((r.judgement.message for r in row.records if r.verdict == "not-determined"), "no number")
    said = [f"{metric} {number(row.value(metric))}"]
    said += [f"{name.replace('-', ' ')} {number(row.value(metric, name))}" for name in BASELINES]
    return ", ".join(said) + ("; vacuous" if row.facts.get("vacuous") == "True" else "")


def csv_row(run: SuiteRun, row: Row) -> dict[str, str]:
    """One line of ``exp2_spinach.csv``; numbers in full precision, empty where there is none."""

    def full(value: float | None) -> str:
        return "" if value is None else repr(value)

    columns: dict[str, Callable[[], str]] = {
        "relative_error_m": lambda: full(row.value("relative error of M")),
        "rmse_m": lambda: full(row.value("RMSE of M")),
        "rmse_i1z": lambda: full(row.value("RMSE of I1z")),
        "over_pair_product": lambda: full(row.value("error of M over that of the pair product")),
        "line_shift_hz": lambda: full(row.value("apparent shift of a line")),
        "splitting_change_hz": lambda: full(row.value("apparent change of a splitting")),
    }
    line = {"case": row.case, "role": row.role, "subject": run.subject, "reference": run.reference}
    line |= {key: row.facts.get(key, "") for key in FACTS if key not in line}
    line |= {key: get() for key, get in columns.items()}
    for name in BASELINES:
        short = name.replace("-", "_")
        line[f"{short}_relative_error_m"] = full(row.value("relative error of M", name))
        line[f"{short}_rmse_m"] = full(row.value("RMSE of M", name))
    line["subject_s"] = full(row.value("time of the subject"))
    line["reference_s"] = full(row.value("time of the reference"))
    line["time_ratio"] = full(row.value("time ratio"))
    line["verdict"] = row.verdict
    line["message"] = next((r.judgement.message for r in row.records if r.verdict in ("fail", "error")), "")
    return line


def alt_text(run: SuiteRun, rows: Sequence[Row]) -> str:
    """The figure in words."""
    molecules, chains = worst(rows, MOLECULES, "relative error of M"), worst(rows, CHAINS, "RMSE of M")
    said = f"Spectra and signals of {run.subject} drawn over those of {run.reference}, and the error of every case"
    if molecules is not None and not math.isnan(molecules):
        said += f"; worst relative error on a molecule {number(molecules)}"
    if chains is not None:
        said += f"; worst RMSE on a chain {number(chains)}"
    return said + "."
