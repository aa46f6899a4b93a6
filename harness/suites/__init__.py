"""The experiments as pytest suites: measure, judge, record.

A suite is a module ``test_<name>.py`` here with ``SUITE = "<name>"`` and a table of that name in ``targets.toml``;
what its page in the report shows besides the numbers is drawn by the function that :data:`PAGES` names. Its tests ask
for the fixtures ``verdict``, ``subject``, ``truth`` and ``run_options`` of :mod:`harness.plugin`::

    SUITE = "scaling"

    def test_error(verdict, subject):
        measurement = measure(...)                      # never asserts
        verdict.check(measurement, "rmse_n8")           # judged against targets.toml, recorded
        verdict.control(other, "rmse_n8")               # a negative control: must miss
        verdict.info(measurement)                       # recorded, not judged
        verdict.keep("chain-8", t_s=..., mx=...)        # arrays for the page and the reader
"""

from __future__ import annotations

PAGES = {
    "scaling": "harness.tasks.spins.suites.pages:present_scaling",
    "spinach": "harness.tasks.spins.suites.spinach.page:present",
    "library": "harness.tasks.spins.suites.pages:present_library",
    "fresh": "harness.tasks.spins.suites.pages:present_fresh",
    "conservation": "harness.tasks.spins.suites.pages:present_conservation",
    "topology": "harness.tasks.spins.suites.pages:present_topology",
    "ood": "harness.tasks.spins.suites.pages:present_ood",
    "inverse": "harness.tasks.spins.suites.pages:present_inverse",
    "uncertainty": "harness.tasks.spins.suites.pages:present_uncertainty",
    "detection": "harness.tasks.spins.suites.pages:present_detection",
}
"""Suite name → function (SuiteRun) → SuitePage, in the order in which the report shows them."""
