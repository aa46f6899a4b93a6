"""Models that were trained on chains only. Experiment 4 is about these models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError
from harness.subjects import NamedSubject
from harness.subjects.capabilities import Bounded, model_of
from harness.tasks.spins.surrogates.domain import Domain

MODELS = ("spin-graph", "fno-general")


@dataclass(frozen=True)
class ChainTrained:
    """A model trained on chains only, and the models from which the effect of that training on its error is measured.

    ``others`` is the same model trained on "every topology" and, where such weights exist, on "rings alone".
    """

    subject: NamedSubject
    others: Mapping[str, NamedSubject]


def chain_trained() -> tuple[list[ChainTrained], dict[str, str]]:
    """Models from the packaged weights ``<model>-chains.safetensors``; second: the reason why one is missing."""
    found, missing = [], {}
    for model in MODELS:
        name = f"{model} (chains only)"
        try:
            subject = _packaged(name, model, f"{model}-chains", "chain")
            if subject is None:
                missing[name] = f"no weights {model}-chains.safetensors come with the package"
                continue
            others = {"every topology": _packaged(model, model, model, "any")}
            others["rings alone"] = _packaged(f"{model} (rings only)", model, f"{model}-rings", "ring")
        except InputError as error:
            missing[name] = str(error)
            continue
        found.append(ChainTrained(subject, {what: one for what, one in others.items() if one is not None}))
    return found, missing


def _packaged(name: str, model: str, weights: str, topologies: str) -> NamedSubject | None:
    """The subject with the packaged weights of this file name; None if the file does not exist."""
    from harness.surrogates import load_surrogate
    from harness.tasks.spins.surrogates import PRETRAINED

    path = PRETRAINED / f"{weights}.safetensors"
    if not path.is_file():
        return None
    loaded = load_surrogate(model, path)
    return NamedSubject(name, "surrogate", loaded, {"weights": path.name, "topologies": topologies})


def trained_on(subject: Any) -> str:
    """The topologies that a subject's provenance or its model's domain names; "" if neither does."""
    named = dict(subject.provenance).get("topologies")
    if isinstance(named, str) and named:
        return named
    model = model_of(subject)
    return model.domain.topologies if isinstance(model, Bounded) and isinstance(model.domain, Domain) else ""
