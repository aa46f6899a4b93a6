"""The experiments as functions: a subject, a plan and the truth in, measurements (and rows for tables) out.

``run(subject, plan, truths)`` of each module never judges; ``claims`` of its outcome pair measurements with the names
of targets. The pytest suites and the fault matrix call the same functions.
"""
