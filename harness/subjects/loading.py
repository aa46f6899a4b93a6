"""From what ``--subject`` says to a subject."""

from __future__ import annotations

import os
from pathlib import Path

from harness.errors import InputError, nearest
from harness.subjects.named import NamedSubject, Subject

DEFAULT_LIMIT_S = 120.0


def load_subject(spec: str, limit_s: float = DEFAULT_LIMIT_S) -> Subject:
    """The subject behind a name, ``package.module:object``, or the path of an executable.

    Parameters
    ----------
    spec
        A surrogate, method or peer (spinguin, qutip, nmrsim) by name; ``NAME@WEIGHTS``, a surrogate with the weights of
        a file or of a training run's folder; a Python object ``package.module:object`` with ``predict(systems, grid)``
        or ``simulate(system, grid)``, a class of such, or a function ``(system, grid)``; or an executable that is
        called as ``PROGRAM request.json result.json`` (a path with a slash in it). See docs/your-own-surrogate.md.
    limit_s
        Seconds that a foreign subject may take per system before it is stopped.

    Raises
    ------
    InputError
        If there is no such name, module, object or program, or the object cannot be asked.
    """
    from harness.surrogates import SURROGATES, load_surrogate
    from harness.tasks.spins.peers import PEERS, start_peer
    from harness.tasks.spins.references import METHODS, reference

    if not (limit_s > 0):
        raise InputError(f"time limit {limit_s!r}: must be a positive number of seconds")
    if spec in SURROGATES:
        model = load_surrogate(spec)
        return NamedSubject(spec, "surrogate", model, dict(getattr(model, "record", None) or {}))
    if spec in METHODS:
        return NamedSubject(spec, "reference", reference(spec), {})
    if spec in PEERS:
        return start_peer(spec, limit_s)
    surrogate, at, weights = spec.partition("@")
    if at and surrogate in SURROGATES:
        model = load_surrogate(surrogate, Path(weights))
        details = {**dict(getattr(model, "record", None) or {}), "weights": weights}
        return NamedSubject(surrogate, "surrogate", model, details)
    if os.sep in spec and ":" not in Path(spec).name:
        from harness.subjects.executable import ExecutableSubject

        return ExecutableSubject.at(Path(spec), limit_s)
    module, _, name = spec.partition(":")
    if module and name:
        from harness.subjects.foreign import ForeignSubject, Made

        return ForeignSubject.start(Made(spec), limit_s)
    names = [*SURROGATES, *METHODS, *PEERS]
    raise InputError(
        f"subject {spec!r} is unknown{nearest(spec, names)} (known: {', '.join(names)}; or package.module:object; or "
        "the path of a program, ./program)"
    )
