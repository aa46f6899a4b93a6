"""The plans of the spins task for the common suites: one plan for each suite and tier."""
