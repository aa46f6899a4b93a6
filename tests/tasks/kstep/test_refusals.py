"""Weights of other units, steps or elements, and an SCF that does not converge: one line each."""

import pytest

from harness.errors import InputError
from harness.surrogates.weights import read_arrays, save_weights
from harness.tasks.kstep.forces import ForceFault, Gfn2
from harness.tasks.kstep.forces.xtb_program import XtbProgram, xtb_path
from harness.tasks.kstep.jump.weights import load_jump
from harness.tasks.kstep.kernel import weights as kernel
from tests.tasks.kstep.examples import methanol, needs

needs("tblite", "rdkit", "torch")


def with_other_units(source, target, model, schema):
    """A copy of packaged weights whose record states Å and kcal/mol."""
    import torch

    found = read_arrays(source, model, schema, "")
    tensors = {name: torch.from_numpy(array) for name, array in found.tensors.items()}
    save_weights(target, model, {**found.record, "units": "Å, kcal/mol"}, tensors, schema)


def test_weights_in_other_units_are_refused(tmp_path):
    retained = kernel.PRETRAINED / "kstep-kernel-methanol.safetensors"
    with_other_units(retained, tmp_path / retained.name, kernel.MODEL, kernel.SCHEMA)
    with pytest.raises(InputError, match="in units 'Å, kcal/mol', 'nm, kJ/mol' are due; train it anew") as caught:
        kernel.load_kernel(methanol(), "MMFF94", tmp_path)
    assert "\n" not in str(caught.value)


def test_a_jump_of_another_step_or_element_is_refused():
    packaged = kernel.PRETRAINED / "kstep-jump-4.safetensors"
    with pytest.raises(InputError, match=r"of jumps of 0\.001 ps, not 0\.002 ps; train for this k"):
        load_jump(8, 0.002, (1, 6, 8), packaged)
    with pytest.raises(InputError, match=r"trained without the atomic numbers \[7\]"):
        load_jump(4, 0.001, (1, 6, 7, 8), packaged)


def test_an_scf_that_does_not_converge_is_a_fault_of_the_step_in_one_line():
    """Atoms at three times their distances: integrators end with this line, and suites count the run as failed."""
    with pytest.raises(ForceFault, match="SCF not converged") as caught:
        Gfn2(methanol())(3 * methanol().positions_nm)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(xtb_path() is None, reason="needs the program xtb")
def test_the_program_says_how_it_ended():
    with pytest.raises(ForceFault, match="exit status 1 and no gradient") as caught:
        XtbProgram(methanol())(3 * methanol().positions_nm)
    assert "\n" not in str(caught.value)
