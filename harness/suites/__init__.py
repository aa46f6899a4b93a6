"""The suites: measure, judge, record.

A *common* suite is a package here, ``harness/suites/<suite>/``, for every task that has a plan of it:

``plan.py``
    The frozen dataclass ``Plan``: populations, metrics, laws, rivals, seeds, counts, names of targets.
``run.py``
    ``run(subject, plan, truths) → Outcome``, which measures and makes claims.
``test_<suite>.py``
    The tests. They take the fixtures ``plan`` (one after another, every plan of this suite that the task of the run
    has for its tier), ``verdict``, ``subject``, ``truth`` and ``run_options`` of :mod:`harness.plugin`.
``figure.py``, ``page.py``
    Pictures, and ``present(plan, run)`` that makes the page from a
    :class:`harness.report.page.SuiteRun`.
``__init__.py``
    ``planned(plan) → tuple[PlannedTest, ...]``: what the tests judge of a plan. A test is named as without the plan,
    ``test_control[noise]``. A suite with tests that take ``case_id`` has ``case_ids(plan, truth) → list[str]`` as well:
    there is one test for each of these cases, ``test_case[<suite>-<case>]``.

In records, reports and targets a suite is called by the key of its plan in ``Task.plans``, so that a task may have two
plans of one suite.

A suite that only one task has is a folder ``harness/tasks/<task>/suites/<name>/`` with a module ``test_<name>.py`` that
has ``SUITE = "<name>"``; it is collected in runs of that task alone. Both have a table in the ``targets.toml`` of the
task::

    def test_error(verdict, subject):
        measurement = measure(...)                      # never asserts
        verdict.check(measurement, "rmse_n8")           # judged by the target of this name, recorded
        verdict.control(other, "rmse_n8")               # a negative control: must miss
        verdict.info(measurement)                       # recorded, not judged
        verdict.keep("case-8", t_s=..., x=...)          # arrays for the page and the reader
"""
