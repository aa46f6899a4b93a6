"""The child process of a foreign subject.

It receives a description of the object to create (``{"spec", "options", "imports", "task"}``), sends
``{"imported": true}`` and then a description of the created object (``{"about": {"type", "version", "outputs"}}``), and
answers requests one by one in the format of :mod:`harness.subjects.replies`. Everything that the object prints goes to
stderr.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from harness.children import private_pipes, receive_frame, send_frame
from harness.subjects.answers import each, is_refusal
from harness.subjects.format import AnswerFormat, BadResult, format_of
from harness.subjects.named import raised
from harness.subjects.replies import LONGEST_TRACEBACK, Row, encoded, rows_of
from harness.subjects.requests import systems_of

Ask = Callable[[list[Any], Any], list[Any]]


def imported(spec: str, packages: list[str]) -> Any:
    """The module of ``package.module:object``, after some packages.

    Raises
    ------
    BadResult
        If one of them cannot be imported.
    """
    name = ""
    try:
        for name in [*packages, spec.partition(":")[0]]:
            module = import_module(name)
    except ModuleNotFoundError as error:
        raise BadResult(f"no module named {error.name!r} (looked in the current folder and on sys.path)") from None
    except BaseException as error:
        raise BadResult(f"importing {name!r} {raised(error)}") from error
    return module


def resolve(module: Any, spec: str, options: Mapping[str, Any]) -> Any:
    """The object that ``package.module:object`` names; a class is called with the options, usually none.

    Raises
    ------
    BadResult
        If it cannot be found or made.
    """
    module_name, _, path = spec.partition(":")
    found = module
    for part in path.split("."):
        if not hasattr(found, part):
            raise BadResult(f"module {module_name!r} has no {path!r}")
        found = getattr(found, part)
    if inspect.isclass(found):
        try:
            found = found(**options)
        except BaseException as error:
            raise BadResult(f"making a {path} {raised(error)}") from error
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


def declared(subject: Any, known: tuple[str, ...]) -> list[str]:
    """The known outputs that the attribute ``declared_outputs`` of the object names; all outputs without it.

    Raises
    ------
    BadResult
        If the attribute names anything else, or nothing.
    """
    outputs = getattr(subject, "declared_outputs", known)
    if not isinstance(outputs, tuple | list) or not outputs or not all(name in known for name in outputs):
        raise BadResult(f"its attribute declared_outputs is {outputs!r:.80}, a tuple of {' and '.join(known)} wanted")
    return list(outputs)


def answer(ask: Ask, request: Mapping[str, Any], form: AnswerFormat) -> list[Row]:
    """Call the object, check its outputs, and check that the inputs are unchanged."""
    systems, grid = systems_of(request, form.codec)
    requested = list(systems)
    results = ask(systems, grid)
    for system, before in zip(requested, request["systems"], strict=True):
        if name := changed(system, before, form):
            raise BadResult(f"mutated its input: {name} of the system is not what it was")
    return rows_of(results, grid, form)


def changed(system: Any, before: Mapping[str, Any], form: AnswerFormat) -> str:
    """The first field of a system that differs from the request, "" if none does."""
    try:
        after = form.codec.system_to_json(system)
    except Exception:
        # A field has a value that is invalid for a system.
        return "a field"
    return next((name for name in after if after[name] != before.get(name, after[name])), "")


def failed(error: BaseException) -> dict[str, Any]:
    """The message about a request that failed as a whole; a refusal of the subject is marked (:func:`is_refusal`)."""
    if is_refusal(error):
        return {"problem": raised(error), "refused": True}
    text = "".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:]
    if isinstance(error, BadResult):
        return {"problem": str(error), "traceback": text if error.__cause__ is not None else ""}
    return {"problem": raised(error), "traceback": text}


def main() -> None:
    """Answer requests until stdin ends."""
    source, sink = private_pipes()
    made = receive_frame(source)
    form = format_of(made["task"])  # first, because it registers the folder of a user's task
    try:
        module = imported(made["spec"], made["imports"])
        send_frame(sink, {"imported": True})
        subject = resolve(module, made["spec"], made["options"])
        ask, outputs = asking(subject), declared(subject, form.outputs)
    except BadResult as error:
        send_frame(sink, failed(error))
        return
    version = getattr(subject, "version", "")
    about = {"type": type(subject).__qualname__, "version": version if isinstance(version, str) else ""}
    send_frame(sink, {"about": {**about, "outputs": outputs}})
    while (request := receive_frame(source)) is not None:
        try:
            message, raw = encoded(answer(ask, request, form))
        except (Exception, SystemExit) as error:
            message, raw = failed(error), b""
        send_frame(sink, message, raw)
