"""The suites of this task: what only curves and labels need, beside the common suites."""
