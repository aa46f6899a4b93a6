"""One folder for each task: what the harness judges, and everything that only that task knows."""
