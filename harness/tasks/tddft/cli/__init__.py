"""``harness tddft``: one module for each verb (see ``verbs.py``), imported when it is called."""
