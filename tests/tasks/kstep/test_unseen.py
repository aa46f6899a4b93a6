"""The suite of unseen molecules: a judged molecule in the training is found."""

from harness.tasks.kstep.library import molecule_names
from harness.tasks.kstep.suites.unseen import leaked, packaged_training
from tests.tasks.kstep.examples import needs

needs("torch")


def test_a_judged_molecule_in_the_training_is_found():
    judged = ("acetamide", "phenol")
    assert leaked(("methanol", "acetone"), judged) == []
    assert leaked(("methanol", "phenol"), judged) == ["phenol"]


def test_the_packaged_correction_has_seen_no_judged_molecule():
    training = packaged_training()
    assert "methanol" in training
    assert leaked(training, molecule_names("test") + molecule_names("large")) == []
