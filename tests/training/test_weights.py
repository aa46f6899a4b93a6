"""Weights files: whole and of the right model, or one line."""

import pickle
import random

import pytest
import torch

from harness.errors import InputError
from harness.surrogates.weights import find_weights, read_weights, save_weights

TENSORS = {"b": torch.arange(12.0).reshape(3, 4), "a": torch.tensor(3), "none": torch.zeros(0)}
RECORD = {"settings": {"spins": 4}, "note": "Ω"}


@pytest.fixture
def file(tmp_path):
    save_weights(tmp_path / "fno-4.safetensors", "fno", RECORD, TENSORS)
    return tmp_path / "fno-4.safetensors"


def test_what_is_written_is_read_and_written_alike(file, tmp_path):
    weights = read_weights(file, "fno")
    assert weights.record == RECORD
    assert all(torch.equal(weights.tensors[k], v) and weights.tensors[k].dtype == v.dtype for k, v in TENSORS.items())
    save_weights(tmp_path / "again", "fno", RECORD, dict(reversed(TENSORS.items())))
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_any_length_but_the_whole_is_refused(file):
    whole = file.read_bytes()
    for length in range(0, len(whole), 5):
        file.write_bytes(whole[:length])
        with pytest.raises(InputError, match="truncated") as caught:
            read_weights(file, "fno")
        assert "\n" not in str(caught.value)


def test_two_hundred_changed_bytes_are_all_refused(file):
    whole, rng = file.read_bytes(), random.Random(0)
    for _ in range(200):
        place = rng.randrange(len(whole))
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :])
        with pytest.raises(InputError):
            read_weights(file, "fno")


def test_other_models_and_schemas_are_named(file, tmp_path):
    with pytest.raises(InputError, match=r"of model 'fno', 'mlp' is wanted"):
        read_weights(file, "mlp")
    save_weights(tmp_path / "new", "fno", {}, TENSORS, schema="spin-weights-9")
    with pytest.raises(InputError, match=r"'spin-weights-9'.*'spin-weights-1'"):
        read_weights(tmp_path / "new", "fno")


def test_a_pickle_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    (tmp_path / "trap.safetensors").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InputError, match="no safetensors"):
        read_weights(tmp_path / "trap.safetensors", "fno")
    assert not (tmp_path / "sprung").exists()


def test_foreign_safetensors_are_refused(tmp_path):
    from safetensors.torch import save_file

    save_file(TENSORS, str(tmp_path / "x.safetensors"))
    with pytest.raises(InputError, match="no record"):
        read_weights(tmp_path / "x.safetensors", "fno")


def test_files_are_found_by_model(file, tmp_path):
    save_weights(tmp_path / "fno-4.conformal.safetensors", "fno", {}, TENSORS)
    save_weights(tmp_path / "fno-general.safetensors", "fno-general", {}, TENSORS)
    assert find_weights("fno", tmp_path, tmp_path) == [file]
    assert find_weights("fno-general", tmp_path, tmp_path) == [tmp_path / "fno-general.safetensors"]
    with pytest.raises(InputError, match="harness train mlp"):
        find_weights("mlp", tmp_path, tmp_path)
