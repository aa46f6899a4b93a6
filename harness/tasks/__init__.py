"""One folder for each task: what the harness judges, and everything that only that task knows.

Tasks of other people need not lie here: the variable ``HARNESS_TASKS`` names their folders, separated as those of
``PATH``. A folder ``…/oscillator`` is then imported as ``harness.tasks.oscillator``, so that it can move here without a
change. This module is imported by every command, and imports next to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

DEFAULT = "spins"
"""The task of commands that name none: its verbs stand at the top of the command line."""
VARIABLE = "HARNESS_TASKS"
FILE = "task.py"


def folders() -> Mapping[str, str]:
    """Name → folder of every task: those here, in alphabetical order, then those of :data:`VARIABLE`.

    Raises
    ------
    InputError
        If the variable names a folder without ``task.py``, or one whose name another task has.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    found = {name: os.path.join(here, name) for name in sorted(os.listdir(here)) if has(os.path.join(here, name), FILE)}
    if os.environ.get(VARIABLE):
        from harness.task.elsewhere import add_folders

        add_folders(found, os.environ[VARIABLE], VARIABLE, FILE)
    return found


def has(folder: str, file: str) -> bool:
    """True if the folder holds this file."""
    return os.path.isfile(os.path.join(folder, file))
