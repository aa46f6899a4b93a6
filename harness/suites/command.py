"""The command of a run as a reader has to type it, with the settings from the environment and from ini files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
OWN = "HARNESS_"


def recorded_command(
    arguments: Sequence[str],
    addopts: Sequence[str],
    environment: Mapping[str, str],
    fresh_seed: int,
    variables: Sequence[str] = (),
) -> str:
    """One line of shell: variables, ``pytest``, the ini option addopts, the arguments, and the seed that was drawn.

    Parameters
    ----------
    arguments
        The arguments on the command line.
    addopts
        The ini option of this name, from the file that pytest read.
    environment
        Variables of the process; those that pytest, the harness or the task reads are shown.
    fresh_seed
        Added unless the arguments contain it: with it the same systems are drawn again.
    variables
        Names of the variables that the task reads.
    """
    settings = [
        f"{name}={shlex.quote(value)}"
        for name, value in sorted(environment.items())
        if name.startswith(OWN) or name in (*PYTEST_VARIABLES, *variables)
    ]
    ini = ["-o", f"addopts={shlex.join(addopts)}"] if addopts else []
    named = any(word.partition("=")[0] == "--fresh-seed" for word in arguments)
    seed = [] if named else ["--fresh-seed", str(fresh_seed)]
    return " ".join([*settings, shlex.join(["pytest", *ini, *arguments, *seed])])
