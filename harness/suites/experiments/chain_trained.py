"""Models that were trained on chains only: the ones for which experiment 4 asks its question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.subjects import NamedSubject

MODELS = ("spin-graph", "fno-general")
NOTHING = "nothing"
"""What a model without anything learned was trained on."""


@dataclass(frozen=True)
class ChainTrained:
    """A model trained on chains alone, beside what tells how much of its error that explains.

    ``twin`` is the same model trained on every topology; ``untrained`` the same without what was learned, None where
    nothing is left then.
    """

    subject: NamedSubject
    twin: NamedSubject
    untrained: NamedSubject | None


def chain_trained() -> tuple[list[ChainTrained], dict[str, str]]:
    """Models from the packaged weights ``<model>-chains.safetensors``; second: why one is not there."""
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
            loaded: Any = surrogates.load_surrogate(model, paths[0])
            twin = surrogates.load_surrogate(model)
        except InputError as error:
            missing[name] = str(error)
            continue
        bare = loaded.untrained() if hasattr(loaded, "untrained") else None
        found.append(
            ChainTrained(
                NamedSubject(name, "surrogate", loaded, {"weights": paths[0].name, "topologies": "chain"}),
                NamedSubject(model, "surrogate", twin, {"weights": f"{model}.safetensors", "topologies": "any"}),
                bare and NamedSubject(f"{model} (no network)", "surrogate", bare, {"topologies": NOTHING}),
            )
        )
    return found, missing


def trained_on(subject: Any) -> str:
    """The topologies that a subject's provenance or its model's domain names; "" if neither does."""
    named = dict(subject.provenance).get("topologies")
    if isinstance(named, str) and named:
        return named
    return str(getattr(getattr(getattr(subject, "model", None), "domain", None), "topologies", ""))
