"""The verbs of the command line that only spins have."""
