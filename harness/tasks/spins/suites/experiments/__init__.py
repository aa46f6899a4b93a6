"""The experiments as functions. Inputs are a subject, a plan and the truth; outputs are measurements and table rows.

``run(subject, plan, truths)`` of each module never judges; ``claims`` of its outcome pair measurements with the names
of targets. The pytest suites and the fault matrix call the same functions.
"""
