"""The bridge to Spinach: requests, engines, the ladder that picks one, and the cache of its results."""

from harness.tasks.spins.spinach.answers import system_used
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import CacheFault, Entry
from harness.tasks.spins.spinach.faults import EngineFault, MFileError, ResultFault
from harness.tasks.spins.spinach.ladder import Resolution, resolve_backend
from harness.tasks.spins.spinach.molecule_request import MoleculeRequest
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.spinach.spinach import NoSpinach, SpinachCopy, find_spinach

__all__ = [
    "CacheFault",
    "EngineFault",
    "Entry",
    "MFileError",
    "MoleculeRequest",
    "NoSpinach",
    "Request",
    "Resolution",
    "ResultFault",
    "SpinachCache",
    "SpinachCopy",
    "SpinachOptions",
    "find_spinach",
    "resolve_backend",
    "system_used",
]
