"""Systems of the tddft task; without PySCF every test of this folder is skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("pyscf", reason="PySCF is not installed: pip install -e '.[tddft]'")

from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.system_file import load_system


@pytest.fixture(scope="session")
def structure() -> Callable[..., Structure]:
    """The structure of a molecule by name, with changed settings."""

    def made(name: str, **changes: Any) -> Structure:
        return structure_of(replace(load_system(name), **changes))

    return made
