"""Whom a validation run is about: a surrogate or a reference by name, a foreign Python object, or any executable.

::

    subject = load_subject("spin-graph")            # or "exact", "mypackage.model:net", "./my_program"
    answer = subject.answer(system, grid)
    answer.trajectory, answer.problem, answer.wall_s

A subject never raises: what goes wrong with one system is that answer's ``problem``, one line, and the next system is
asked as if nothing had happened. Foreign objects and executables run in processes of their own, under a time limit.
"""

from __future__ import annotations

from harness.subjects.answers import Answer
from harness.subjects.loading import DEFAULT_LIMIT_S, load_subject
from harness.subjects.named import NOTHING, NamedSubject, Subject, untrained

__all__ = ["DEFAULT_LIMIT_S", "NOTHING", "Answer", "NamedSubject", "Subject", "load_subject", "untrained"]
