"""The requested model: a network that predicts the jump of positions and velocities over k base steps."""
