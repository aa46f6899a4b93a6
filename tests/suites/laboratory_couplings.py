"""A pytest plugin that takes the change of sign out of the way from a molecule to our frame: the suite must find it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest


def pytest_configure(config: pytest.Config) -> None:
    import harness.tasks.spins.systems.molecule as molecule

    def same_sign(isotopes: Sequence[str]) -> np.ndarray:
        return np.ones((len(isotopes), len(isotopes)))

    molecule.frame_signs = same_sign
