"""The child process of a foreign subject: ``python -m harness.subjects.worker package.module:object``.

Reads length-prefixed JSON requests from stdin and writes length-prefixed pickled replies to what was stdout; whatever
the object prints goes to stderr.
"""

from __future__ import annotations

import inspect
import os
import pickle
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from harness.spins import SpinSystem, TimeGrid
from harness.subjects.answers import BadResult, each, is_refusal, plain
from harness.subjects.capabilities import OUTPUTS
from harness.subjects.named import raised
from harness.subjects.requests import systems_of

Ask = Callable[[list[SpinSystem], TimeGrid], list[Any]]


def resolve(spec: str) -> Any:
    """The object that ``package.module:object`` names; a class is called without arguments.

    Raises
    ------
    BadResult
        If it cannot be imported, found or made.
    """
    module_name, _, path = spec.partition(":")
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        raise BadResult(f"no module named {error.name!r} (looked in the current folder and on sys.path)") from None
    except BaseException as error:
        raise BadResult(f"importing {module_name!r} {raised(error)}") from None
    for part in path.split("."):
        if not hasattr(found, part):
            raise BadResult(f"module {module_name!r} has no {path!r}")
        found = getattr(found, part)
    if inspect.isclass(found):
        try:
            found = found()
        except BaseException as error:
            raise BadResult(f"making a {path} {raised(error)}") from None
    return found


def asking(subject: Any) -> Ask:
    """One call for a batch: by ``predict(systems, grid)``, ``simulate(system, grid)`` or the function itself.

    Raises
    ------
    BadResult
        If the object offers none of them.
    """
    if callable(getattr(subject, "predict", None)):
        return lambda systems, grid: each(subject.predict(systems, grid), len(systems))
    if callable(getattr(subject, "simulate", None)):
        return lambda systems, grid: [subject.simulate(system, grid) for system in systems]
    if callable(subject):
        return lambda systems, grid: [subject(system, grid) for system in systems]
    raise BadResult(f"{type(subject).__name__} has neither predict nor simulate and is no function")


def declared(subject: Any) -> list[str]:
    """What the object's attribute ``declared_outputs`` says that it gives, of "m" and "i1z"; both if there is none.

    Raises
    ------
    BadResult
        If the attribute names anything else, or nothing.
    """
    outputs = getattr(subject, "declared_outputs", OUTPUTS)
    if not isinstance(outputs, tuple | list) or not outputs or not all(name in OUTPUTS for name in outputs):
        raise BadResult(f"its attribute declared_outputs is {outputs!r:.80}, a tuple of {' and '.join(OUTPUTS)} wanted")
    return list(outputs)


def answer(ask: Ask, request: dict[str, Any]) -> dict[str, Any]:
    """Ask, time, and check the outputs and that the inputs are as they were."""
    systems, grid = systems_of(request)
    before = [(system.offsets_hz.tobytes(), system.couplings_hz.tobytes()) for system in systems]
    start = time.perf_counter()
    results = ask(systems, grid)
    wall_s = time.perf_counter() - start
    for system, (offsets, couplings) in zip(systems, before, strict=True):
        for name, old in (("offsets_hz", offsets), ("couplings_hz", couplings)):
            if np.asarray(getattr(system, name)).tobytes() != old:
                raise BadResult(f"mutated its input: {name} of the system is not what it was")
    rows: list[Any] = []
    for result in results:
        try:
            rows.append(plain(result, grid))
        except BadResult as error:
            rows.append(str(error))
    return {"results": rows, "wall_s": wall_s}


def main(spec: str) -> None:
    """Serve until stdin ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def send(reply: dict[str, Any]) -> None:
        payload = pickle.dumps(reply)
        out.write(len(payload).to_bytes(8, "big") + payload)
        out.flush()

    try:
        subject = resolve(spec)
        ask, outputs = asking(subject), declared(subject)
    except BadResult as error:
        send({"problem": str(error)})
        return
    version = getattr(subject, "version", "")
    about = {"type": type(subject).__qualname__, "version": version if isinstance(version, str) else ""}
    send({"about": {**about, "outputs": outputs}})
    import json

    while head := source.read(8):
        request = json.loads(source.read(int.from_bytes(head, "big")))
        try:
            reply = answer(ask, request)
        except BadResult as error:
            reply = {"problem": str(error)}
        except (Exception, SystemExit) as error:
            reply = {"problem": raised(error), "refused": is_refusal(error)}
        send(reply)


if __name__ == "__main__":
    main(sys.argv[1])
