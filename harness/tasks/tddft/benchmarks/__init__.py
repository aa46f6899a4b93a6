"""Measurements of cost that take too long for a suite; their records are in ``benchmarks/`` of the repository."""
