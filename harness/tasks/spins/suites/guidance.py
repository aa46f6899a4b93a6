"""A few sentences that recommend a method for each kind of system, from the numbers that the run has measured.

They are at the top of the page. All numbers come from the run: if the run has not measured a number, the sentence
with this number is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harness.report.records import Record
from harness.report.tables import number
from harness.tasks.spins.metrics import RMSE_M

EXACT_ON_LIBRARY = "time per system of exact, mean"
ON_LIBRARY = "time per system, mean"


def guidance(records: Iterable[Record], subject: str) -> list[str]:
    """Sentences on chains of growing size, one by one and in batches, and on real molecules."""
    records = tuple(records)
    found = [
        *_chains(records, subject, f"speed-up of {subject} against exact", "one system at a time"),
        *_batches(records, subject),
        *_molecules(records, subject),
    ]
    return found + (["No relaxation is simulated by any of them."] if found else [])


def _chains(records: Sequence[Record], subject: str, metric: str, how: str) -> list[str]:
    """Up to which number of spins ``exact`` is faster, and how much faster the subject is at the largest size."""
    factors = _by_spins(records, metric)
    if subject == "exact" or not factors:
        return []
    slower = [spins for spins, factor in factors.items() if factor <= 1]
    largest = max(factors)
    error = _by_spins(records, f"mean {RMSE_M.label}", subject).get(largest)
    stated = f" at an RMSE of {number(error)}" if error is not None else ""
    if largest in slower:
        return [f"Chains, 30 ms, {how}: use exact; it is faster than {subject} at every size measured (to {largest})."]
    crossing = f"use exact up to {max(slower)} spins; " if slower else ""
    return [f"Chains, 30 ms, {how}: {crossing}{subject} is {factors[largest]:.2g} times as fast as exact at {largest} "
            f"spins{stated}."]  # fmt: skip


def _batches(records: Sequence[Record], subject: str) -> list[str]:
    """The same if the subject computes many systems in one batch, as in fits and scans."""
    names = {r.measurement.metric for r in records}
    pattern = re.compile(rf"speed-up of {re.escape(subject)} \(batch (\d+)\) against exact")
    for metric in sorted(names):
        if match := pattern.fullmatch(metric):
            return _chains(records, subject, metric, f"{match[1]} systems at a time, as fits and scans ask")
    return []


def _molecules(records: Sequence[Record], subject: str) -> list[str]:
    """Seconds that exact and the subject need for the real molecules of the library."""
    exact = [r for r in records if r.measurement.metric == EXACT_ON_LIBRARY and r.measurement.value is not None]
    if not exact:
        return []
    one = exact[0].measurement
    stated = [r.measurement for r in records if r.measurement.metric == ON_LIBRARY and r.measurement.value is not None]
    mine = [one for one in stated if one.subject == subject != "exact"]
    text = f"exact takes {_ms(one.value)} on average for {one.case}"
    if mine:
        text += f", {subject} {_ms(mine[-1].value)} for {mine[-1].case}"
    chosen = "use exact: " if not mine or (one.value or 0.0) <= (mine[-1].value or 0.0) else ""
    return [f"Real molecules ({one.cases} of the library): {chosen}{text}."]


def _ms(seconds: float | None) -> str:
    """Two digits, and no power of ten: 1.3 ms, 130 ms."""
    value = 1e3 * (seconds or 0.0)
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def _by_spins(records: Iterable[Record], metric: str, subject: str = "") -> dict[int, float]:
    """Values of a metric on chains by their number of spins, ascending."""
    found = {}
    for record in records:
        one = record.measurement
        match = re.fullmatch(r"chain-(\d+)", one.case)
        requested = record.suite == "scaling" and one.metric == metric and subject in ("", one.subject)
        if match and requested and one.value is not None:
            found[int(match[1])] = one.value
    return dict(sorted(found.items()))
