"""The subject of a validation run: a surrogate or a reference by name, a foreign Python object, or any executable.

::

    subject = load_subject("pair-product")          # or a model, "mypackage.model:net", "./my_program"
    answer = subject.answer(system, grid)
    answer.trajectory, answer.problem, answer.wall_s

A subject never raises an exception. An error for one system is stored in the ``problem`` of its answer (one line), and
the next system is computed as usual. Foreign objects, peers and executables run in separate processes, under a time
limit; times are measured by the main process.
"""

from __future__ import annotations

from harness.subjects.answers import Answer
from harness.subjects.foreign import CannotStart
from harness.subjects.loading import DEFAULT_LIMIT_S, load_subject
from harness.subjects.named import NOTHING, NamedSubject, Subject, untrained
from harness.subjects.silent import Silent

__all__ = [
    "DEFAULT_LIMIT_S",
    "NOTHING",
    "Answer",
    "CannotStart",
    "NamedSubject",
    "Silent",
    "Subject",
    "load_subject",
    "untrained",
]
