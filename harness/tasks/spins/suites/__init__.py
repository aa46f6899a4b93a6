"""The suites of the spins task: plans, measurements, figures and pages."""
