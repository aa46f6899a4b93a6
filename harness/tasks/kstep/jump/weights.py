"""Weights of the jump network on disk: safetensors with a checksum and a JSON record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.kstep.units import BASE_DT_PS

if TYPE_CHECKING:
    from harness.tasks.kstep.jump.network import JumpNetwork
    from harness.tasks.kstep.jump.training import Trained

MODEL = "kstep-jump"
SCHEMA = "kstep-weights-1"
UNITS = "nm, ps, Da, kJ/mol"
PRETRAINED = Path(__file__).parents[1] / "pretrained"


def save(path: Path, trained: Trained) -> None:
    """Write the weights with their record, atomically."""
    save_weights(path, MODEL, trained.record | {"curve": trained.curve}, trained.network.state_dict(), SCHEMA)


def load(path: Path, elements: Sequence[int] = (), tau_ps: float | None = None) -> tuple[JumpNetwork, dict[str, Any]]:
    """A trained network and its record.

    Raises
    ------
    InputError
        If the file is damaged, in other units, or of another k or other elements than are needed.
    """
    from harness.tasks.kstep.jump.network import JumpNetwork, Settings

    found = read_weights(path, MODEL, SCHEMA)
    record = dict(found.record)
    if record["units"] != UNITS:
        raise InputError(f"weights {path}: in units {record['units']!r}, {UNITS!r} are due; train it anew")
    if tau_ps is not None and abs(record["tau_ps"] - tau_ps) > 1e-12:
        raise InputError(f"weights {path}: of jumps of {record['tau_ps']:g} ps, not {tau_ps:g} ps; train for this k")
    unknown = sorted(set(elements) - set(record["elements"]))
    if unknown:
        raise InputError(f"weights {path}: trained without the atomic numbers {unknown}; train with such molecules")
    network = JumpNetwork(Settings(**record["recipe"]["settings"]))
    network.load_state_dict(found.tensors)
    return network.eval(), record


def lengths(given: Path | None = None) -> list[int]:
    """Base steps of the jumps that there are networks for, in the file or folder ``given``, else in the package."""
    if given is not None and given.is_file():
        return [round(read_weights(given, MODEL, SCHEMA).record["tau_ps"] / BASE_DT_PS)]
    names = [path.stem.removeprefix(f"{MODEL}-") for path in (given or PRETRAINED).glob(f"{MODEL}-*.safetensors")]
    return sorted(int(name) for name in names if name.isdigit())


def load_jump(k: int, tau_ps: float, elements: Sequence[int], given: Path | None = None) -> JumpNetwork:
    """The network in the file or folder ``given``, else the packaged one for k base steps.

    Raises
    ------
    InputError
        If there is none, with the command that trains one.
    """
    folder = given or PRETRAINED
    path = folder if folder.is_file() else folder / f"{MODEL}-{k}.safetensors"
    if not path.is_file():
        raise InputError(
            f"no jump network for k = {k} (there are: k = {', '.join(map(str, lengths(folder))) or 'none'}): train one "
            f"with 'harness kstep train jump DATA --k {k} --out FOLDER' and name it with --weights"
        )
    return load(path, elements, tau_ps)[0]
