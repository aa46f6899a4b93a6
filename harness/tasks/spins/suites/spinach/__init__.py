"""Experiment 2: a subject beside real Spinach, on molecules and chains."""
