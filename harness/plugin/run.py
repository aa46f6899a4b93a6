"""What all parts of the plugin share: the run, its folders, and the suite of a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun

PACKAGE = Path(__file__).resolve().parent.parent
COMMON, TASKS = PACKAGE / "suites", PACKAGE / "tasks"
PARTIAL = 6
"""Exit status of a run in which something that its tier plans was not judged; pytest itself uses 0 to 5."""


def run_of(config: pytest.Config) -> ValidationRun | None:
    """The validation run of this pytest run; None, and nothing of the harness is imported, if this is no validation."""
    if config.getoption("validate_against", None) is None:
        return None
    from harness.suites import active

    return active.run_of(config)


def suite_of(item: pytest.Item) -> str | None:
    """Name of the suite of a test as :func:`suite_name` gives it, None if there is none."""
    callspec, module = getattr(item, "callspec", None), getattr(item, "module", None)
    return (callspec.params if callspec else {}).get("suite_name") or getattr(module, "SUITE", None)


def forget_junit(config: pytest.Config, run: ValidationRun) -> None:
    """Do not write junit.xml into the folder of a run that does not take place."""
    from _pytest.junitxml import xml_key

    if (xml := config.stash.get(xml_key, None)) and Path(config.option.xmlpath).parent == run.folder:
        del config.stash[xml_key]
        config.pluginmanager.unregister(xml)
