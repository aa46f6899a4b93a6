"""Seeded faults, which the suites must find."""
