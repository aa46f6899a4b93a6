"""Seeded faults: known mistakes are added to a correct subject, to measure which of them the suites detect.

A fault is data (name, size, effect); a wrapper applies it. None of these is ever a subject of a real validation.
"""
