"""The learned propagator: equivariant geometry encoder, state-space dynamics, and two heads that move the density.

Needs e3nn and mambapy, which the extra ``tddft`` brings.
"""
