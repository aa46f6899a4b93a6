"""The suites of this task: tests for curves and labels, in addition to the common suites."""
