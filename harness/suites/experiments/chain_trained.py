"""Models that were trained on chains only: the ones for which experiment 4 asks its question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.subjects import NamedSubject

MODELS = ("spin-graph", "fno-general")


def chain_trained_subjects() -> tuple[list[NamedSubject], dict[str, str]]:
    """Subjects from the packaged weights ``<model>-chains.safetensors``; second: why a model is not there."""
    from harness import surrogates

    folder = Path(surrogates.__file__).with_name("pretrained")
    found, missing = [], {}
    for model in MODELS:
        name = f"{model} (chains only)"
        paths = sorted(folder.rglob(f"{model}-chains.safetensors"))
        if not paths:
            missing[name] = f"no weights {model}-chains.safetensors come with the package"
            continue
        try:
            loaded = surrogates.load_surrogate(model, paths[0])
        except InputError as error:
            missing[name] = str(error)
            continue
        found.append(NamedSubject(name, "surrogate", loaded, {"weights": paths[0].name, "topologies": "chain"}))
    return found, missing


def trained_on(subject: Any) -> str:
    """The topologies that a subject's provenance or its model's domain names; "" if neither does."""
    named = dict(subject.provenance).get("topologies")
    if isinstance(named, str) and named:
        return named
    return str(getattr(getattr(getattr(subject, "model", None), "domain", None), "topologies", ""))
