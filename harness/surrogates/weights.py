"""Weights on disk: safetensors with a JSON record in its header, checked before any number is used.

The header's metadata holds ``schema``, ``model``, ``record`` (JSON text: settings, trained domain, recipe, data) and
``sha256`` over record, tensor names, types, shapes and bytes. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from harness.data.mix import learning_of
from harness.durable import writing
from harness.errors import InputError

if TYPE_CHECKING:
    import torch

KIND = "weights-1"
"""Schema of a weights file, after the first word of the task's schemas (:class:`harness.task.Learning`)."""
HEAD = ("schema", "model", "record", "sha256")


@dataclass(frozen=True, eq=False)
class Weights:
    """Content of a weights file: ``model`` is a surrogate's name, ``record`` plain JSON values, ``sha256`` over all.

    ``tensors`` are those of torch (:func:`read_weights`) or numpy arrays (:func:`read_arrays`).
    """

    model: str
    record: Mapping[str, Any]
    tensors: Mapping[str, Any]
    sha256: str


def save_weights(
    path: str | Path, model: str, record: Mapping[str, Any], tensors: Mapping[str, torch.Tensor], schema: str = ""
) -> None:
    """Write a weights file atomically; the same content gives the same bytes. Schema "": of the default task.

    ``tensors`` may hold any dtype that safetensors knows; they are copied to the CPU, sorted by name.
    """
    from safetensors.torch import save_file

    schema = schema or learning_of().schema(KIND)
    plain = {name: tensors[name].detach().cpu().contiguous().clone() for name in sorted(tensors)}
    text = json.dumps(record, sort_keys=True, allow_nan=False, ensure_ascii=False)
    # The metadata is one string: safetensors writes several in an order that changes from process to process.
    head = {"schema": schema, "model": model, "record": text, "sha256": _digest(schema, model, text, plain)}
    with writing(path) as temporary:
        save_file(plain, str(temporary), metadata={"harness": json.dumps(head, ensure_ascii=False)})
        temporary.chmod(0o644)


def read_weights(path: str | Path, model: str, schema: str = "", remedy: str = "train it anew") -> Weights:
    """Read and check a weights file as tensors; ``remedy`` is what messages advise for a missing or unreadable file.

    Raises
    ------
    InputError
        If the file is missing, truncated, of another model or schema, or if any byte of it has changed.
    """
    return _read(path, model, schema, remedy, "pt")


def read_arrays(path: str | Path, model: str, schema: str = "", remedy: str = "train it anew") -> Weights:
    """The same as numpy arrays, for code that does not import torch."""
    return _read(path, model, schema, remedy, "np")


def _read(path: str | Path, model: str, schema: str, remedy: str, framework: Literal["pt", "np"]) -> Weights:
    from safetensors import SafetensorError, safe_open

    path, schema = Path(path), schema or learning_of().schema(KIND)
    if not path.is_file():
        raise InputError(f"weights {path}: no such file; name another, or {remedy}")
    try:
        with safe_open(str(path), framework=framework) as handle:
            head = json.loads((handle.metadata() or {}).get("harness", "null"))
            tensors = {name: handle.get_tensor(name) for name in sorted(handle.keys())}
    except (SafetensorError, OSError, UnicodeDecodeError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"weights {path}: truncated or no safetensors file ({reason}); fetch it anew") from None
    if not isinstance(head, dict) or not all(isinstance(head.get(k), str) for k in HEAD):
        raise InputError(f"weights {path}: not written by this program (no record in it); {remedy}")
    if head["schema"] != schema:
        raise InputError(f"weights {path}: schema {head['schema']!r}, this version reads {schema!r}; {remedy}")
    if head["model"] != model:
        raise InputError(f"weights {path}: of model {head['model']!r}, {model!r} is wanted; name the other file")
    if _digest(head["schema"], head["model"], head["record"], tensors) != head["sha256"]:
        raise InputError(f"weights {path}: checksum differs, the file was changed or damaged; fetch or train it anew")
    return Weights(head["model"], json.loads(head["record"]), tensors, head["sha256"])


def find_weights(model: str, given: str | Path | None, packaged: Path | None) -> list[Path]:
    """Weights files of a model: those given (a file, or a folder searched with its subfolders), else those in
    ``packaged``, the folder of the weights that come with the package.

    Raises
    ------
    InputError
        If there are none.
    """
    folder = packaged if given is None else Path(given)
    if folder is None:
        raise InputError(
            f"no weights of {model!r} come with the package: train with 'harness train {model}', or name a file"
        )
    if folder.is_file():
        return [folder]
    names = (f"{model}.safetensors", f"{model}-[0-9]*.safetensors")
    found = sorted({path for name in names for path in folder.rglob(name) if ".conformal" not in path.name})
    if not found:
        where = "the package" if given is None else f"{folder}"
        raise InputError(f"no weights of {model!r} in {where}: train with 'harness train {model}', or name a file")
    return found


def _digest(schema: str, model: str, record: str, tensors: Mapping[str, Any]) -> str:
    """Over names, types (as torch names them), shapes and bytes of tensors or arrays: the same for both."""
    digest = hashlib.sha256("\0".join([schema, model, record]).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        kind = f"torch.{tensor.dtype}" if isinstance(tensor, np.ndarray) else str(tensor.dtype)
        digest.update(f"\0{name}\0{kind}\0{tuple(tensor.shape)}\0".encode())
        digest.update(_bytes(tensor))
    return digest.hexdigest()


def _bytes(tensor: Any) -> bytes:
    if isinstance(tensor, np.ndarray):
        return np.ascontiguousarray(tensor).tobytes()
    import torch

    return tensor.reshape(-1).contiguous().view(torch.uint8).numpy().tobytes()
