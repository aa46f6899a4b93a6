"""The model as it was asked for: a network that predicts the jump of positions and velocities over k base steps."""
