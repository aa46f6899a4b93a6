"""Cost and error against the number of spins."""
