"""Relaxation matrices: interactions that fluctuate, product states, and what is left of a matrix between them."""
