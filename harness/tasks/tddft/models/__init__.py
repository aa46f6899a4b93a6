"""Surrogates and baselines: effective Fock matrices, linear response, and learned propagators, one per file."""
