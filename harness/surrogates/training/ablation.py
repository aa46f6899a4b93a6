"""Ablations: variants of a training preset, each trained and measured alike, in one table.

A file of ``configs/ablation`` names a model, a preset, test data, and variants: tables of settings that replace the
preset's (``settings``, ``recipe``, ``mix``). Every variant is a resumable job, so a stopped ablation goes on.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.block import Block
from harness.data.dataset import Dataset
from harness.data.generate import generate
from harness.data.mix import Mix, load_mix, preset_path
from harness.data.tables import check_keys, spin_counts, word
from harness.durable import write_json, write_text
from harness.errors import InputError
from harness.surrogates.training.families import FAMILIES
from harness.surrogates.training.job import Say, run_job
from harness.surrogates.training.plan import Plan, load_plan
from harness.surrogates.training.recipe import Recipe
from harness.toml_checks import read_toml

SCHEMA = "spin-ablation-1"
COLUMNS: tuple[str, ...] = (
    "variant",
    "N",
    "systems",
    "rmse_m_mean",
    "rmse_m_worst",
    "rmse_i1z_mean",
    "parameters",
    "single_ms",
    "batch_us",
    "training_rows",
    "train_s",
)


@dataclass(frozen=True)
class Ablation:
    """A model, the mix it is tested on, and the plan of every variant by name."""

    name: str
    model: str
    test: Mix
    variants: Mapping[str, Plan]


def load_ablation(name: str | Path) -> Ablation:
    """An ablation by the name of its preset, or from a TOML file.

    Raises
    ------
    InputError
        For anything in it that cannot be used.
    """
    path = preset_path(name, "ablation")
    data, where = read_toml(path), path.name
    check_keys(data, ("schema", "model", "preset", "test", "sizes", "recipe", "without", "variant"), where)
    if data.get("schema") != SCHEMA:
        raise InputError(f"{where}: schema {data.get('schema')!r}, this version reads {SCHEMA!r}")
    model = word(data, "model", where, None, FAMILIES)
    base = load_plan(model, word(data, "preset", where))
    without = data.get("without", [])
    if not isinstance(without, list):
        raise InputError(f"{where}: without = {without!r} must be a list of classes")
    base = replace(base, recipe=_changed(base.recipe, data.get("recipe", {}), f"{where}: recipe"), recipes=None)
    sizes = spin_counts(data, "sizes", where) if "sizes" in data else ()
    variants: dict[str, Plan] = {}
    tables = data.get("variant")
    if not isinstance(tables, list) or not tables:
        raise InputError(f"{where}: no [[variant]] tables; write one per row of the table")
    for table in tables:
        check_keys(table, ("name", "settings", "recipe", "mix"), f"{where}: variant")
        called = word(table, "name", f"{where}: variant")
        if called in variants:
            raise InputError(f"{where}: two variants are called {called!r}")
        plan = replace(
            base,
            name=f"{base.name}/{called}",
            settings=_merged(base.settings, table.get("settings", {})),
            recipe=_changed(base.recipe, table.get("recipe", {}), f"{where}: variant {called!r}"),
        )
        if "mix" in table:
            plan = replace(plan, mix=load_mix(word(table, "mix", f"{where}: variant {called!r}")))
        if without:
            plan = replace(plan, mix=plan.mix.without(*without))
        variants[called] = plan.only(sizes) if sizes else plan
    test = load_mix(word(data, "test", where))
    return Ablation(path.stem, model, test.only(sizes) if sizes else test, variants)


def run_ablation(
    ablation: Ablation, folder: str | Path, workers: int = 0, say: Say = lambda what, fraction, details: None
) -> list[dict[str, Any]]:
    """Train and measure every variant; ``folder`` gets ``ablation.csv``, ``ablation.md`` and ``ablation.json``."""
    folder = Path(folder)

    def data(mix: Mix) -> tuple[Path, Dataset]:
        where = folder / f"data-{mix.name}-{mix.fingerprint[:8]}"
        return where, generate(mix, where, workers, None, lambda a, b, c: say(f"data {mix.name}", a / b, c))

    _, test = data(ablation.test)
    with one_thread():
        rows = baseline_rows(test.blocks)
    for name, plan in ablation.variants.items():
        where, _ = data(plan.mix)
        started = time.perf_counter()
        named = _labelled(say, name)
        paths = run_job(plan, folder / name.replace(" ", "-"), where, workers, say=named)
        elapsed = time.perf_counter() - started
        with one_thread():
            for path in paths:
                rows += measure_weights(name, ablation.model, path, test.blocks, elapsed)
        write_tables(folder, rows)
    return rows


def measure_weights(
    name: str,
    model: str,
    path: Path,
    tests: Sequence[Block],
    seconds: float | None = None,
) -> list[dict[str, Any]]:
    """One row per test block that the weights can answer."""
    from harness.surrogates import load_surrogate
    from harness.surrogates.weights import read_weights

    found = read_weights(path, model)
    surrogate = load_surrogate(model, path)
    size = found.record["settings"].get("spins") if model in ("fno", "mlp") else None
    rows = []
    for block in tests:
        if size is not None and block.spins != size:
            continue
        row = {"variant": name, "N": block.spins, "systems": len(block), **_errors(surrogate, block)}
        row["parameters"] = sum(t.numel() for t in found.tensors.values())
        row["training_rows"] = _training_rows(found.record)
        row["train_s"] = "" if seconds is None else round(seconds, 1)
        rows.append(row)
    return rows


@contextmanager
def one_thread() -> Iterator[None]:
    """One core for torch and BLAS, as latencies are quoted."""
    from threadpoolctl import threadpool_limits

    from harness.surrogates.training.device import computing

    with computing(1, deterministic=False), threadpool_limits(1):
        yield


def _training_rows(record: Mapping[str, Any]) -> int:
    blocks = record.get("data", {}).get("blocks", {})
    return sum(block["systems"] for key, block in blocks.items() if key.endswith("/train"))


def baseline_rows(tests: Sequence[Block]) -> list[dict[str, Any]]:
    """The untrained formulas on the same systems: every table of networks has them on top."""
    from harness.tasks.spins.references import reference

    rows = []
    for method in ("weak-coupling", "pair-product"):
        made = reference(method)

        class Formula:
            def predict(self, systems: Any, grid: Any, made: Any = made) -> Any:
                batch = getattr(made, "simulate_batch", None)
                mean = batch(systems, grid) if batch else [made.simulate(s, grid) for s in systems]
                return type("Answer", (), {"mean": mean})

        for block in tests:
            row = {"variant": f"({method})", "N": block.spins, "systems": len(block), **_errors(Formula(), block)}
            rows.append({**row, "parameters": 0, "training_rows": 0, "train_s": 0.0})
    return rows


def write_tables(folder: Path, rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV, JSON and Markdown of the table; returns the Markdown."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(folder / "ablation.csv", text.getvalue())
    write_json(folder / "ablation.json", list(rows))
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for row in rows:
        cells = [f"{row[c]:.3g}" if isinstance(row[c], float) else str(row[c]) for c in COLUMNS]
        lines.append("| " + " | ".join(cells) + " |")
    markdown = "\n".join(lines) + "\n"
    write_text(folder / "ablation.md", markdown)
    return markdown


def _errors(surrogate: Any, block: Block) -> dict[str, float]:
    """RMSE of M and of I_1z, and latencies from SpinSystem to Trajectory: median single, and per system of a batch."""
    systems = block.systems()
    predicted = surrogate.predict(systems, block.grid).mean
    m = np.stack([p.m for p in predicted]) - block.m
    rmse = np.sqrt(np.mean(np.abs(m) ** 2, axis=1) / 2)
    i1z = np.stack([np.asarray(p.i1z) for p in predicted]) - block.i1z
    singles = [_seconds(lambda s=s: surrogate.predict([s], block.grid)) for s in systems[:8]]
    batch = min(_seconds(lambda: surrogate.predict(systems, block.grid)) for _ in range(3))
    return {
        "rmse_m_mean": float(rmse.mean()),
        "rmse_m_worst": float(rmse.max()),
        "rmse_i1z_mean": float(np.sqrt(np.mean(i1z**2, axis=1)).mean()),
        "single_ms": 1e3 * float(np.median(singles[3:] or singles)),
        "batch_us": 1e6 * batch / len(systems),
    }


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _changed(recipe: Recipe, table: Any, where: str) -> Recipe:
    if not isinstance(table, dict):
        raise InputError(f"{where} must be a table")
    Recipe.from_dict(table, where)
    return replace(recipe, **table)


def _merged(old: Mapping[str, Any], new: Any) -> dict[str, Any]:
    """Settings with some replaced, tables within tables too."""
    if not isinstance(new, Mapping):
        raise InputError(f"settings = {new!r} must be a table")
    both = dict(old)
    for key, value in new.items():
        inner = isinstance(value, Mapping) and isinstance(both.get(key), Mapping)
        both[key] = _merged(both[key], value) if inner else value
    return both


def _labelled(say: Say, name: str) -> Say:
    return lambda what, fraction, details: say(f"{name}: {what}", fraction, details)
