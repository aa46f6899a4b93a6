"""Training presets: the model, the data and the settings of the training; as TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.data.mix import Mix, learning_of, load_mix
from harness.data.presets import preset_names, preset_path
from harness.data.tables import check_keys, size_list, word
from harness.errors import InputError
from harness.surrogates.training.families import families
from harness.surrogates.training.recipe import Recipe
from harness.task import Task, default_task
from harness.toml_checks import read_toml

KIND = "training-1"


@dataclass(frozen=True)
class Plan:
    """One training preset.

    Parameters
    ----------
    name, model
        Of the preset, e.g. "fno.brief", and of the family.
    mix
        The data; ``sizes`` of it give one network each, or (empty) all of it one network.
    settings, recipe
        Of the model and of the training; with sizes, the setting with the name that the task has for its
        size ("atoms") is set to each.
    sizes
        Sizes N that have a separate network each.
    recipes
        Per size: keys of the recipe that differ.
    task
        The task of the model and the data.
    """

    name: str
    model: str
    mix: Mix
    settings: Mapping[str, Any]
    recipe: Recipe
    sizes: tuple[int, ...] = ()
    recipes: Mapping[int, Mapping[str, Any]] | None = None
    task: Task = field(default_factory=default_task)

    def recipe_of(self, size: int | None) -> Recipe:
        """The recipe for one size."""
        return replace(self.recipe, **dict((self.recipes or {}).get(size or 0, {})))

    def settings_of(self, size: int | None) -> dict[str, Any]:
        """The model settings for one size."""
        return {**self.settings, **({} if size is None else {self.task.size_name: size})}

    def only(self, sizes: tuple[int, ...]) -> Plan:
        """The plan for some of its sizes, with the data for only these.

        Raises
        ------
        InputError
            If the plan has no such size, or no sizes at all.
        """
        for size in sizes:
            if size not in self.sizes:
                has = ", ".join(map(str, self.sizes)) or "one network for all"
                raise InputError(f"preset {self.name!r} has no size {size} (it has: {has})")
        return replace(self, sizes=sizes, mix=self.mix.only(sizes))


def plan_names(model: str | None = None) -> list[str]:
    """Names of the presets of a model (without the model's name), or all full names."""
    every = preset_names("train")
    return every if model is None else [name.split(".", 1)[1] for name in every if name.split(".", 1)[0] == model]


def load_plan(model: str, preset: str | Path, task: Task | None = None) -> Plan:
    """The preset of a model by name, or from a TOML file.

    Raises
    ------
    InputError
        For anything that cannot be used; the message names the file and the key.
    """
    if str(preset).endswith(".toml"):
        path = Path(preset)
    elif preset in plan_names(model):
        path = preset_path(f"{model}.{preset}", "train")
    else:
        known = ", ".join(plan_names(model)) or "none"
        raise InputError(f"preset {str(preset)!r} of {model} is unknown (known: {known}; or a .toml path)")
    plan = parse_plan(read_toml(path), path, task)
    if plan.model != model:
        raise InputError(f"{path.name} is a preset of {plan.model!r}, not of {model!r}")
    return plan


def parse_plan(data: Mapping[str, Any], path: Path, task: Task | None = None) -> Plan:
    """Check the content of a preset file; a mix given by a relative path is looked for in the folder of this file."""
    where, task = path.name, task or default_task()
    schema = learning_of(task).schema(KIND)
    check_keys(data, ("schema", "model", "mix", "sizes", "settings", "recipe", "recipe_of_size"), where)
    if data.get("schema") != schema:
        raise InputError(f"{where}: schema {data.get('schema')!r}, this version reads {schema!r}")
    named = word(data, "mix", where)
    mix = load_mix(path.parent / named if named.endswith(".toml") else named, task)
    tables = {key: data.get(key, {}) for key in ("settings", "recipe", "recipe_of_size")}
    for key, table in tables.items():
        if not isinstance(table, dict):
            raise InputError(f"{where}: {key} must be a table")
    recipe = Recipe.from_dict({"shares": dict(mix.shares), **tables["recipe"]}, f"{where}: recipe")
    sizes = size_list(data, "sizes", where) if "sizes" in data else ()
    recipes: dict[int, Mapping[str, Any]] = {}
    for key, table in tables["recipe_of_size"].items():
        if not key.isdigit() or int(key) not in sizes or not isinstance(table, dict):
            raise InputError(f"{where}: recipe_of_size.{key}: must be a table, and {key} one of the sizes")
        Recipe.from_dict(table, f"{where}: recipe_of_size.{key}")
        recipes[int(key)] = table
    model = word(data, "model", where, None, families(task))
    return Plan(path.stem, model, mix, tables["settings"], recipe, sizes, recipes, task)
