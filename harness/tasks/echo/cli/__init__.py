"""The verbs ``harness echo …``, one module each, imported when it is called."""
