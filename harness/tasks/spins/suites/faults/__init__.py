"""Seeded faults: known mistakes wrapped round a correct subject, to measure what the suites catch.

A fault is data (name, size, what it does); a wrapper applies it. None of this is ever a subject of a real validation.
"""
