"""The validation run of a pytest run, for tests that choose their cases by it while they are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun

RUN = pytest.StashKey["ValidationRun"]()


def run_of(config: pytest.Config) -> ValidationRun | None:
    """The validation run of this pytest run, None if this is no validation."""
    return config.stash.get(RUN, None)
