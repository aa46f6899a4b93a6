"""The packages of the extra ``kstep``: imported where they are used, and one line where they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from harness.errors import InputError

EXTRA = "kstep"


def package(module: str, purpose: str) -> ModuleType:
    """An imported module of the extra.

    Raises
    ------
    InputError
        If it is not installed, with the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        from harness.requirements import install_command

        missing = module.partition(".")[0]
        raise InputError(f"{purpose} needs {missing} ({error}): {install_command(EXTRA)}") from None
