"""The bridge to Spinach: requests, engines, the ladder that picks one, and the cache of what Spinach said."""

from harness.bridge.answers import system_used
from harness.bridge.cache import SpinachCache
from harness.bridge.entry import CacheFault, Entry
from harness.bridge.faults import EngineFault, MFileError, ResultFault
from harness.bridge.ladder import Resolution, resolve_backend
from harness.bridge.molecule_request import MoleculeRequest
from harness.bridge.request import Request, SpinachOptions
from harness.bridge.spinach import NoSpinach, SpinachCopy, find_spinach

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
