"""Subjects that try to look right without being it; each runs in a process of its own, as any foreign subject does."""

from __future__ import annotations

from functools import cache

from harness.errors import InputError
from harness.tasks.spins.references import reference


class InputErrorOfMyOwn(Exception):
    """A crash whose name begins as that of a refusal does."""


@cache
def _known():
    from harness.resources import shared_folder
    from harness.tasks.spins.spinach import SpinachCache

    return {entry.system_used.fingerprint: entry for entry in SpinachCache((shared_folder("spinach_cache"),)).entries()}


def _recited(system, grid):
    entry = _known().get(system.fingerprint)
    if entry is None or entry.grid.points < grid.points or entry.grid.dt_s != grid.dt_s:
        return None
    stated = entry.trajectory()
    return {name: getattr(stated, name)[: grid.points] for name in ("mx", "my", "i1z")}


def recites_and_refuses(system, grid):
    stated = _recited(system, grid)
    if stated is None:
        raise InputError("not for me")
    return stated


def recites_and_guesses(system, grid):
    stated = _recited(system, grid)
    return stated if stated is not None else reference("pair-product").simulate(system, grid)


def glycine_only(system, grid):
    if len(system) != 2 or system.isotopes != ("1H", "1H"):
        raise InputError("glycine, please")
    return reference("exact").simulate(system, grid)


def crashes_by_a_like_name(system, grid):
    raise InputErrorOfMyOwn("not for me")


class Undeclared:
    """Gives no I1z, and has not said so."""

    def simulate(self, system, grid):
        stated = reference("exact").simulate(system, grid)
        return {"mx": stated.mx, "my": stated.my}


class Declared(Undeclared):
    """Gives no I1z, and says so beforehand."""

    declared_outputs = ("m",)
