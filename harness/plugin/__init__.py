"""The pytest plugin: options, header, fixtures, and the report at the end.

Inactive unless ``--validate-against`` is given: then nothing is imported, only that option exists, and test runs
of other projects do not change. Registered once, by the entry point ``spin_harness`` or by ``harness/conftest.py``.

Hooks and fixtures are in the modules of this package; pytest finds them by their names here.
"""

from __future__ import annotations

from harness.plugin.collection import (
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_deselected,
    pytest_generate_tests,
    pytest_ignore_collect,
    pytest_xdist_node_collection_finished,
)
from harness.plugin.ending import (
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from harness.plugin.records import (
    Collector,
    plan,
    pytest_pyfunc_call,
    pytest_runtest_makereport,
    pytest_sessionstart,
    run_options,
    subject,
    suite_name,
    truth,
    validation,
    verdict,
)
from harness.plugin.run import PARTIAL
from harness.plugin.start import (
    pytest_addoption,
    pytest_configure,
    pytest_configure_node,
    pytest_load_initial_conftests,
    pytest_report_header,
    pytest_unconfigure,
)

__all__ = [
    "PARTIAL",
    "Collector",
    "plan",
    "pytest_addoption",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_deselected",
    "pytest_generate_tests",
    "pytest_ignore_collect",
    "pytest_load_initial_conftests",
    "pytest_pyfunc_call",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "pytest_xdist_node_collection_finished",
    "run_options",
    "subject",
    "suite_name",
    "truth",
    "validation",
    "verdict",
]
