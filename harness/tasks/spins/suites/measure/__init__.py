"""The measurements of the experiments: pure functions that compute numbers and never judge them.

Every function takes subjects with ``predict(systems, grid, uncertainty)`` and truths as trajectories, and returns
frozen rows; targets and verdicts are defined elsewhere.
"""
