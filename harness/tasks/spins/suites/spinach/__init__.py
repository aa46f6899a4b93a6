"""Experiment 2: a subject compared with Spinach on molecules and chains."""
