"""The verbs of the task kstep, ``harness kstep VERB``: one module for each."""
