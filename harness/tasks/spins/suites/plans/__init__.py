"""What spins hand to the common suites: for each of them a plan of every tier."""
