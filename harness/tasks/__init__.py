"""One folder for each task: what the harness judges, and everything that only that task knows."""

DEFAULT = "spins"
"""The task of commands that name none: its verbs stand at the top of the command line."""
