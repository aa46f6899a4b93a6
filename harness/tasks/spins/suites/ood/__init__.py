"""Errors and warnings outside the ranges of the training."""
