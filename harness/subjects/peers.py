"""Other people's simulators as ready-made subjects, where they are installed: spinguin, QuTiP, nmrsim.

``--subject spinguin`` runs one under the suites, in a process of its own and under the time limit of a foreign subject;
:func:`peer` gives the object itself for benchmarks. Each handles the conventions of its package (see
docs/conventions.md) and refuses with :class:`~harness.errors.InputError` what that package cannot do in reasonable time
or memory; a refused case is "not determined", never passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from harness.errors import InputError


@dataclass(frozen=True)
class Peer:
    """A package and the class here that drives it."""

    name: str
    distribution: str
    spec: str


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("spinguin", "spinguin", "harness.subjects.peers_spinguin:Spinguin"),
        Peer("qutip", "qutip", "harness.subjects.peers_qutip:Qutip"),
        Peer("nmrsim", "nmrsim", "harness.subjects.peers_nmrsim:Nmrsim"),
    )
}


def installed_peers() -> tuple[str, ...]:
    """Names of the peers whose package is installed."""
    return tuple(name for name in PEERS if _version(name))


def require_peer(name: str) -> Peer:
    """The peer of this name.

    Raises
    ------
    InputError
        If there is none, or its package is not installed; the message has the pip line.
    """
    if name not in PEERS:
        raise InputError(f"peer {name!r} is unknown (known: {', '.join(PEERS)})")
    if not _version(name):
        raise InputError(f"{name} is not installed: pip install 'spin-harness[peers]' or pip install {name}")
    return PEERS[name]


def peer(name: str, **options: Any) -> Any:
    """The object behind a name, with ``simulate(system, grid, observables)`` and ``version``; raises as above."""
    module, _, cls = require_peer(name).spec.partition(":")
    return getattr(import_module(module), cls)(**options)


def _version(name: str) -> str:
    try:
        return version(PEERS[name].distribution)
    except PackageNotFoundError:
        return ""
