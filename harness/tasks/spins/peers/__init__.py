"""Simulators of other authors as ready-made subjects, where they are installed: spinguin, QuTiP, nmrsim.

Their compiled parts may crash on a processor that they were not built for, so no process that runs a test imports one:
:func:`start_peer` (and ``--subject spinguin``) runs one in a separate process, under the time limit of a foreign
subject, and reports a crash in one sentence; :func:`driver` is for the child processes of benchmarks, which are
separate processes already. Each driver handles the conventions of its package (see docs/conventions.md) and refuses
with :class:`~harness.errors.InputError` what that package cannot do in reasonable time or memory; a refused case is
"not determined", never passed.

Sources: nmrsim 0.7 (G. M. Sametz), QuTiP 5 (N. Lambert et al., arXiv 2412.04705), spinguin 0.2 (University of Oulu).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from harness.errors import InputError
from harness.requirements import install_command, required
from harness.subjects.foreign import ForeignSubject, Made

EXTRA = "peers"
START_LIMIT_S = 120.0


@dataclass(frozen=True)
class Peer:
    """A package, which has the name of its distribution, and the class here that drives it."""

    name: str
    spec: str

    @property
    def version(self) -> str:
        """Version of the installed package, "" if there is none; read from its metadata without importing it."""
        try:
            return version(self.name)
        except PackageNotFoundError:
            return ""

    @property
    def known_as(self) -> str:
        """Name and version, as the beginning of a sentence."""
        return f"{self.name} {self.version}".strip()


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("spinguin", "harness.tasks.spins.peers.spinguin:Spinguin"),
        Peer("qutip", "harness.tasks.spins.peers.qutip:Qutip"),
        Peer("nmrsim", "harness.tasks.spins.peers.nmrsim:Nmrsim"),
    )
}


def installed_peers() -> tuple[str, ...]:
    """Names of the peers whose package is installed, whatever it does when it is imported."""
    return tuple(name for name, peer in PEERS.items() if peer.version)


def require_peer(name: str) -> Peer:
    """The peer of this name.

    Raises
    ------
    InputError
        If there is none, its package is not installed, or its version is not one that its driver is written for; the
        message has the pip line.
    """
    if name not in PEERS:
        raise InputError(f"peer {name!r} is unknown (known: {', '.join(PEERS)})")
    peer = PEERS[name]
    if not peer.version:
        raise InputError(f"{name} is not installed: {install_command(EXTRA)}")
    wanted = required(EXTRA, name)
    if wanted is not None and not wanted.specifier.contains(peer.version, prereleases=True):
        raise InputError(f"{peer.known_as} is installed, {wanted} is needed: {install_command(EXTRA)}")
    return peer


def start_peer(name: str, limit_s: float, start_limit_s: float = START_LIMIT_S, **options: Any) -> ForeignSubject:
    """A peer in a separate process, with the options of its driver.

    Raises
    ------
    InputError
        As :func:`require_peer`; and :class:`~harness.subjects.foreign.CannotStart` if the package dies, hangs or raises
        when it is imported.
    """
    peer = require_peer(name)
    return ForeignSubject.start(Made(peer.spec, options, (name,), peer.known_as), limit_s, name, start_limit_s)


def driver(name: str, **options: Any) -> Any:
    """The object that calls the package, with ``simulate(system, grid, observables)`` and ``version``.

    Only for a process that may crash; raises as :func:`require_peer`.
    """
    module, _, cls = require_peer(name).spec.partition(":")
    return getattr(import_module(module), cls)(**options)
