"""Run by test_spinguin.py in a process of its own: elements of spinguin's Redfield matrix as JSON on stdout."""

from __future__ import annotations

import contextlib
import json
import sys

import numpy as np


def elements(requested: dict) -> dict[str, list[list[float]]]:
    """<a|R|b> between the states a, b that are named, each of norm 1."""
    import spinguin as sg

    sg.parameters._verbose = False
    sg.parameters.magnetic_field = requested["field_t"]
    spins = sg.SpinSystem(requested["isotopes"])
    spins.xyz = requested["positions_angstrom"]
    spins.chemical_shifts = np.zeros(len(requested["isotopes"]))
    spins.basis.max_spin_order = len(requested["isotopes"])
    spins.basis.build()
    spins.relaxation.theory = "redfield"
    spins.relaxation.tau_c = requested["tau_c_s"]
    spins.relaxation.relative_error = 1e-10
    spins.relaxation.thermalization = False
    matrix = sg.relaxation(spins)
    states = {name: np.asarray(sg.state(spins, name)).ravel() for group in requested["groups"] for name in group}
    states = {name: state / np.linalg.norm(state) for name, state in states.items()}
    return {
        group[0]: [[float(np.real(np.vdot(states[a], matrix @ states[b]))) for b in group] for a in group]
        for group in requested["groups"]
    } | {"gammas": [[float(gamma) for gamma in spins.gammas]]}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        found = elements(json.load(sys.stdin))
    print(json.dumps(found))
