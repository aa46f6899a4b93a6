"""A method as the subject of a run: by its name, by its name with weights, or as a function of a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from harness.errors import InputError, nearest
from harness.subjects.answers import Answer, is_refusal
from harness.tasks.kstep.methods import METHODS
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Window


@dataclass(frozen=True)
class IntegratorSubject:
    """An integrator on live quantum forces."""

    model: IntegratorModel
    label: str = ""
    kind: str = "surrogate"

    @property
    def name(self) -> str:
        """The label, or the name of the model."""
        return self.label or self.model.name

    @property
    def method(self) -> Method:
        """The method of the model."""
        return self.model.method

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What it is, and whose quantum force it was given."""
        weights = "" if self.method.weights is None else str(self.method.weights)
        return {"kind": self.kind, "name": self.name, "quantum": self.method.found.version, "weights": weights}

    @property
    def offers(self) -> frozenset[str]:
        """Those of the model."""
        return self.model.offers

    def answer(self, system: Any, grid: Any) -> Answer:
        """The path of one window; what fails is its problem, and what the method is not made for is refused."""
        start = perf_counter()
        try:
            signals = self.model.predict([system], grid)[0]
        except InputError as error:
            return Answer(None, str(error), perf_counter() - start, is_refusal(error))
        return Answer(None if signals.fault else signals, signals.fault, perf_counter() - start)

    def answers(self, systems: Sequence[Window], grid: MacroGrid) -> list[Answer]:
        """The path of each window."""
        return [self.answer(system, grid) for system in systems]

    def keep_tracebacks(self, folder: Path) -> None:
        """Nothing to store."""

    def close(self) -> None:
        """Nothing to let go of."""


def subject_of(spec: str) -> IntegratorSubject:
    """The subject of ``--subject``: NAME, NAME@WEIGHTS, or package.module:function, (Setting) → Integrator.

    Raises
    ------
    InputError
        If there is no such method, module or function.
    """
    name, at, weights = spec.partition("@")
    if name in METHODS:
        return IntegratorSubject(IntegratorModel(Method(name, resolve(), Path(weights) if at else None)))
    module, colon, function = spec.partition(":")
    if colon and module and function:
        try:
            made = getattr(import_module(module), function)
        except (ImportError, AttributeError) as error:
            raise InputError(f"--subject {spec!r}: {error}; name an importable package.module:function") from None
        return IntegratorSubject(IntegratorModel(Method(spec, resolve(), factory=made)), kind="object")
    raise InputError(
        f"subject {spec!r} is unknown{nearest(name, METHODS)} (known: {', '.join(METHODS)}; or "
        "package.module:function, which makes an integrator of a setting)"
    )
