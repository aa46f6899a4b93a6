"""Ablations: variants of a training preset, all trained and measured in the same way, in one table.

A file of ``configs/ablation`` names a model, a preset, test data, and variants: tables of settings that replace the
preset's (``settings``, ``recipe``, ``mix``). Every variant is a resumable job, so a stopped ablation can continue.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.data.dataset import Dataset
from harness.data.generate import generate
from harness.data.mix import Mix, learning_of, load_mix
from harness.data.presets import preset_path
from harness.data.tables import check_keys, size_list, word
from harness.errors import InputError
from harness.surrogates.training.families import families
from harness.surrogates.training.job import Say, run_job
from harness.surrogates.training.plan import Plan, load_plan
from harness.surrogates.training.recipe import Recipe
from harness.surrogates.training.tables import baseline_rows, measure_weights, one_thread, write_tables
from harness.task import Task, default_task
from harness.toml_checks import read_toml

KIND = "ablation-1"


@dataclass(frozen=True)
class Ablation:
    """A model, the mix it is tested on, and the plan of every variant by name."""

    name: str
    model: str
    test: Mix
    variants: Mapping[str, Plan]
    task: Task


def load_ablation(name: str | Path, task: Task | None = None) -> Ablation:
    """An ablation by the name of its preset, or from a TOML file.

    Raises
    ------
    InputError
        For anything in it that cannot be used.
    """
    path = preset_path(name, "ablation")
    data, where, task = read_toml(path), path.name, task or default_task()
    schema = learning_of(task).schema(KIND)
    check_keys(data, ("schema", "model", "preset", "test", "sizes", "recipe", "without", "variant"), where)
    if data.get("schema") != schema:
        raise InputError(f"{where}: schema {data.get('schema')!r}, this version reads {schema!r}")
    model = word(data, "model", where, None, families(task))
    base = load_plan(model, word(data, "preset", where), task)
    without = data.get("without", [])
    if not isinstance(without, list):
        raise InputError(f"{where}: without = {without!r} must be a list of classes")
    base = replace(base, recipe=_changed(base.recipe, data.get("recipe", {}), f"{where}: recipe"), recipes=None)
    sizes = size_list(data, "sizes", where) if "sizes" in data else ()
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
            plan = replace(plan, mix=load_mix(word(table, "mix", f"{where}: variant {called!r}"), task))
        if without:
            plan = replace(plan, mix=plan.mix.without(*without))
        variants[called] = plan.only(sizes) if sizes else plan
    test = load_mix(word(data, "test", where), task)
    return Ablation(path.stem, model, test.only(sizes) if sizes else test, variants, task)


def run_ablation(
    ablation: Ablation, folder: str | Path, workers: int = 0, say: Say = lambda what, fraction, details: None
) -> list[dict[str, Any]]:
    """Train and measure every variant; write ``ablation.csv``, ``ablation.md`` and ``ablation.json`` to ``folder``."""
    folder = Path(folder)

    def data(mix: Mix) -> tuple[Path, Dataset]:
        where = folder / f"data-{mix.name}-{mix.fingerprint[:8]}"
        return where, generate(mix, where, workers, None, lambda a, b, c: say(f"data {mix.name}", a / b, c))

    _, test = data(ablation.test)
    with one_thread():
        rows = baseline_rows(test.blocks, ablation.task)
    for name, plan in ablation.variants.items():
        where, _ = data(plan.mix)
        started = time.perf_counter()
        named = _labelled(say, name)
        paths = run_job(plan, folder / name.replace(" ", "-"), where, workers, say=named)
        elapsed = time.perf_counter() - started
        with one_thread():
            for path in paths:
                rows += measure_weights(name, ablation.model, path, test.blocks, elapsed, ablation.task)
        write_tables(folder, rows, ablation.task)
    return rows


def _changed(recipe: Recipe, table: Any, where: str) -> Recipe:
    if not isinstance(table, dict):
        raise InputError(f"{where} must be a table")
    Recipe.from_dict(table, where)
    return replace(recipe, **table)


def _merged(old: Mapping[str, Any], new: Any) -> dict[str, Any]:
    """Settings with some values replaced, also in nested tables."""
    if not isinstance(new, Mapping):
        raise InputError(f"settings = {new!r} must be a table")
    both = dict(old)
    for key, value in new.items():
        inner = isinstance(value, Mapping) and isinstance(both.get(key), Mapping)
        both[key] = _merged(both[key], value) if inner else value
    return both


def _labelled(say: Say, name: str) -> Say:
    return lambda what, fraction, details: say(f"{name}: {what}", fraction, details)
