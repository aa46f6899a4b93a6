"""The page of experiment 2: one row and one exhibit per case, the figure, and the answer in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.durable import write_text
from harness.report.page import Figure, SuitePage, SuiteRun
from harness.report.records import UNMET, WORST_FIRST, Record
from harness.report.tables import number, to_csv
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.suites.spinach.exhibits import exhibit
from harness.tasks.spins.suites.spinach.figure import FLOOR, draw
from harness.tasks.spins.suites.spinach.laboratory import note as laboratory_note
from harness.tasks.spins.suites.spinach.plan import BASELINES

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
    """The records of one case, and the properties of the case."""

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
        return next((v for v in WORST_FIRST if v in verdicts), "info")

    @property
    def judged(self) -> bool:
        """True for cases of the judged roles."""
        return self.role in (*MOLECULES, *CHAINS)


def rows_of(run: SuiteRun) -> list[Row]:
    """One row per compared case, in the order of the comparisons."""
    retained = set(run.retained())
    compared = [r for r in run.records if r.measurement.metric == RMSE_M.label and r.expected == "meet"]
    cases = list(dict.fromkeys(r.measurement.case for r in compared))
    rows = []
    for case in cases:
        arrays = run.arrays(case) if case in retained else {}
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
            f"{run.subject} compared with {run.reference.capitalize()}. Left: the valine spectrum and the strongly "
            "coupled chain with the largest errors, the reference broad and grey, the subject in orange on it. Right: "
            "every case as a point, formulas without training too; the lines are the targets; errors below "
            f"{FLOOR:.0e} are drawn there. Unlabelled glycine is left out."
        )
        figures.append(Figure(run.folder / PICTURE, alt_text(run, rows), caption))
    exhibits = [exhibit(run, row.case, row.verdict in UNMET, row.records, summary(row)) for row in rows]
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
        compared=compared(run, rows),
        provenance=engines(rows),
        legend=(("other", "pair product"), ("third", "weak coupling")),
    )


def compared(run: SuiteRun, rows: Sequence[Row]) -> list[str]:
    """The reference with which the subject was compared, the number of cases and their duration, from the answers."""
    judged = [row for row in rows if row.judged]
    if not judged:
        return []
    sources = [_details(row) for row in judged]
    commits = list(dict.fromkeys(str(d["spinach_commit"])[:8] for d in sources if d.get("spinach_commit")))
    if commits:
        names = (f"{str(d.get('engine')).capitalize()} {d.get('engine_version')}" for d in sources if d)
        engines = list(dict.fromkeys(names))
        days = sorted({str(d["date"])[:10] for d in sources if d.get("date")})
        when = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "at an unknown date"
        cached = sum(d.get("source") == "cache" for d in sources)
        how = "cached" if cached == len(judged) else "live" if not cached else f"{cached} of {len(judged)} cached"
        name = f"Spinach {', '.join(commits)} ({', '.join(engines)}, computed {when}, {how})"
    else:
        name = f"{run.reference} (computed in this run)"
    kinds = (("molecule case", MOLECULES), ("chain", CHAINS))
    counted = [(sum(row.role in roles for row in judged), word) for word, roles in kinds]
    cases = " + ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counted if n)
    lengths = sorted({float(row.facts["points"]) * float(row.facts["dt_s"]) * 1e3 for row in judged if row.facts})
    ends = " to ".join(dict.fromkeys(f"{ms:g}" for ms in (lengths[:1] + lengths[-1:])))
    return [f"{name}: {cases}" + (f", {ends} ms each" if ends else "")]


def engines(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Which Spinach, on which engine, with which settings, for the end of the report; one line for each combination."""
    found: dict[str, int] = {}
    for details in filter(None, map(_details, rows)):
        if not details.get("spinach_commit"):
            continue
        level = f"{details.get('approximation')} level {details.get('level')}"
        basis = level if details.get("truncated") else "complete"
        changes = details.get("spinach_modified")
        changed = "" if changes is None else ", modified" if changes else ", unmodified"
        settings = ", ".join(f"{name} = {value}" for name, value in dict(details.get("tolerances") or {}).items())
        text = (
            f"commit {details['spinach_commit']}{changed}; {details.get('engine')} {details.get('engine_version')} on "
            f"{details.get('machine')}; {details.get('formalism')}, basis {basis}; {settings}; our "
            f"m-files {str(details.get('mfiles_sha256'))[:12]}"
        )
        found[text] = found.get(text, 0) + 1
    return [("Spinach", f"{text} ({count} cases)") for text, count in found.items()]


def _details(row: Row) -> dict[str, Any]:
    """How the reference's answer was computed; empty if there is no answer."""
    sources = [dict(r.measurement.reference_provenance) for r in row.records]
    return next((dict(source["details"]) for source in sources if source.get("details")), {})


def worst(rows: Sequence[Row], roles: Sequence[str], metric: str, whose: str = "") -> float | None:
    """The largest value of a metric over the cases of some roles; vacuous cases are left out."""
    chosen = [row for row in rows if row.role in roles and row.facts.get("vacuous") != "True"]
    values = [v for v in (row.value(metric, whose) for row in chosen) if v is not None]
    return max(values, default=None)


def answer(run: SuiteRun, rows: Sequence[Row]) -> str:
    """One paragraph: the worst cases of both kinds, compared with the formulas, the effect of the source, the times."""
    parts = []
    for name, roles, metric in (
        ("molecules", MOLECULES, RELATIVE_M.label),
        ("chains", ("chain", "chain-truncated"), RMSE_M.label),
        ("strongly coupled chains", ("chain-strong",), RMSE_M.label),
    ):
        count = sum(row.role in roles for row in rows)
        found = worst(rows, roles, metric)
        if not count:
            continue
        baselines = ", ".join(
            f"{baseline.replace('-', ' ')} {number(value)}"
            for baseline in (f"{run.subject} (no network)", *BASELINES)
            if (value := worst(rows, roles, metric, baseline)) is not None
        )
        text = "gave no usable answer" if found is None else f"worst {metric} {number(found)}"
        parts.append(f"{count} {name}: {text} ({baselines}).")
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
            f"One system at a time, {run.reference.capitalize()} takes {number(middle)} times as long as the subject "
            f"(median over the cases; {number(min(ratios))} to {number(max(ratios))} times){clocks(rows)}."
        )
    return " ".join(parts)


def clocks(rows: Sequence[Row]) -> str:
    """How the reference's time was measured, if not in the same run as the subject's: a caveat to the ratio."""
    cached = [d for d in map(_details, rows) if d.get("source") == "cache"]
    if not cached:
        return ""
    engines = ", ".join(sorted({str(d.get("engine")).capitalize() for d in cached}))
    return (
        f"; the reference's time is what {engines} took when the cache was built, start included and perhaps on "
        "another machine: it says nothing of MATLAB"
    )


def notes(run: SuiteRun, rows: Sequence[Row]) -> list[str]:
    """Caveats that are printed next to the numbers."""
    found = []
    if run.facts.get("warning"):
        found.append(run.facts["warning"] + ".")
    vacuous = [row.case for row in rows if row.facts.get("vacuous") == "True"]
    if vacuous:
        found.append(
            f"Unlabelled glycine ({len(vacuous)} cases) is vacuous for M: one undamped line, which any method that has "
            "the offset gets right; it shows nothing of couplings. Its I1z hangs on a geminal coupling that is a "
            "placeholder in the sources and is left out of every verdict. The ¹³C-labelled variant follows it."
        )
    if any(row.role == "chain-truncated" for row in rows):
        found.append("Spinach computed the chains of 12 spins in a truncated basis (IK-1, level 6: about 2e-7).")
    if laboratory_text := laboratory_note(run.records):
        found.append(laboratory_text)
    found.append(
        "Line positions and splittings are what a least-squares fit to the subject's FID would report instead of the "
        "true ones (one Gauss-Newton step): 30 ms of signal have a resolution of 33 Hz, in which no peak can be picked."
    )
    found.append("Chains have no field; their ppm axis is nominal (11.74 T, 500 MHz for protons, carrier at 0).")
    return found


def summary(row: Row) -> str:
    """The numbers of one case in one line."""
    metric = RELATIVE_M.label if row.role.startswith("molecule") else RMSE_M.label
    problem = next((r.judgement.message for r in row.records if r.verdict == "error"), "")
    if problem:
        return problem
    if row.value(metric) is None:
        return next((r.judgement.message for r in row.records if r.verdict == "not-determined"), "no number")
    text_of = [f"{metric} {number(row.value(metric))}"]
    text_of += [f"{name.replace('-', ' ')} {number(row.value(metric, name))}" for name in BASELINES]
    return ", ".join(text_of) + ("; vacuous" if row.facts.get("vacuous") == "True" else "")


def csv_row(run: SuiteRun, row: Row) -> dict[str, str]:
    """One line of ``exp2_spinach.csv``; numbers in full precision, empty if a number is missing."""

    def full(value: float | None) -> str:
        return "" if value is None else repr(value)

    columns: dict[str, Callable[[], str]] = {
        "relative_error_m": lambda: full(row.value(RELATIVE_M.label)),
        "rmse_m": lambda: full(row.value(RMSE_M.label)),
        "rmse_i1z": lambda: full(row.value(RMSE_I1Z.label)),
        "over_pair_product": lambda: full(row.value("error of M over that of the pair product")),
        "line_shift_hz": lambda: full(row.value("apparent shift of a line")),
        "splitting_change_hz": lambda: full(row.value("apparent change of a splitting")),
    }
    line = {"case": row.case, "role": row.role, "subject": run.subject, "reference": run.reference}
    line |= {key: row.facts.get(key, "") for key in FACTS if key not in line}
    line |= {key: get() for key, get in columns.items()}
    for name in BASELINES:
        short = name.replace("-", "_")
        line[f"{short}_relative_error_m"] = full(row.value(RELATIVE_M.label, name))
        line[f"{short}_rmse_m"] = full(row.value(RMSE_M.label, name))
    line["subject_s"] = full(row.value("time of the subject"))
    line["reference_s"] = full(row.value("time of the reference"))
    line["time_ratio"] = full(row.value("time ratio"))
    line["verdict"] = row.verdict
    line["message"] = next((r.judgement.message for r in row.records if r.unmet), "")
    return line


def alt_text(run: SuiteRun, rows: Sequence[Row]) -> str:
    """The description of the figure as text."""
    molecules, chains = worst(rows, MOLECULES, RELATIVE_M.label), worst(rows, CHAINS, RMSE_M.label)
    text_of = f"Spectra and signals of {run.subject} drawn over those of {run.reference}, and the error of every case"
    if molecules is not None and not math.isnan(molecules):
        text_of += f"; worst relative error on a molecule {number(molecules)}"
    if chains is not None:
        text_of += f"; worst RMSE on a chain {number(chains)}"
    return text_of + "."
