"""``harness tddft``: one module for each verb, imported when it is called."""
