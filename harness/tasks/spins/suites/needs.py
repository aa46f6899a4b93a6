"""The conditions of a number of a suite of spins in addition to the subject's declarations, and where they are met."""

from __future__ import annotations

import os

from harness.subjects import Subject
from harness.tasks.spins.suites.declared import WORDS
from harness.tasks.spins.suites.truth import SPINACH_NAMES, Truth
from harness.tasks.spins.systems import LONG_GRID

MEASURED, CHAINS_ONLY, LIVE, SPINACH = "measured_fids", "chains_only_weights", "live_spinach", "spinach"
HUNDRED_MS, ONE_SECOND = "windows_of_100_ms", "windows_of_1_s"
REASONS = {
    MEASURED: "measured FIDs are not part of the package (HARNESS_MEASURED)",
    CHAINS_ONLY: "no weights of this subject that were trained on chains only come with the package",
    SPINACH: "not requested from Spinach, which alone can be given a molecule in place of our offsets",
    HUNDRED_MS: "the subject declares a domain that ends before 100 ms",
    ONE_SECOND: "the subject declares a domain that ends before 1 s",
    **{name: f"the subject declares no {words}" for name, words in WORDS.items()},
    LIVE: "no live Spinach answers in this run: fresh systems are judged against our exact reference alone",
}
"""For each condition, the reason why numbers that need it are not judged where it is not met."""


def found_here(subject: Subject, truth: Truth) -> frozenset[str]:
    """Those of :data:`REASONS` that are available in a run."""
    from harness.tasks.spins.suites.library.declared import windows_of
    from harness.tasks.spins.suites.library.plan import WHOLE_GRID
    from harness.tasks.spins.suites.topology.chain_trained import MODELS

    windows = windows_of(subject)
    there = {
        MEASURED: bool(os.environ.get("HARNESS_MEASURED")),
        CHAINS_ONLY: subject.name in MODELS,
        SPINACH: truth.requested in SPINACH_NAMES,
        HUNDRED_MS: LONG_GRID in windows,
        ONE_SECOND: WHOLE_GRID in windows,
        LIVE: truth.live_spinach is not None,
    }
    return frozenset(name for name, found in there.items() if found)
