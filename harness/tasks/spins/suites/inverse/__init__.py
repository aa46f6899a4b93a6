"""Parameters from free induction decays, simulated and measured."""
