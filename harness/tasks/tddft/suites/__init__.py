"""The suites that only this task has: propagators, packaged models, generalisation, re-anchoring, claims."""
