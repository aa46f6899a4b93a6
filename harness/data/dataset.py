"""The dataset file: one HDF5, written whole; see docs/data-format.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.block import Block, BlockFormat, select
from harness.data.mix import block_format
from harness.data.stored import mix_of, refuse_foreign
from harness.durable import writing
from harness.errors import InputError
from harness.memory import require_memory


@dataclass(frozen=True, eq=False)
class Dataset:
    """Blocks of trajectories and their provenance.

    ``mix`` is the mix as plain values, ``mix_sha256`` its fingerprint, ``content_sha256`` the hash over every array,
    ``size_name`` the name that the task has for the size of a system.
    """

    mix: Mapping[str, Any]
    mix_sha256: str
    content_sha256: str
    blocks: tuple[Any, ...]
    size_name: str = "size"

    @property
    def shares(self) -> dict[str, float]:
        """Sampling weights of the fidelity classes."""
        return dict(self.mix.get("shares", {}))

    def select(
        self, split: str | None = None, size: int | None = None, fidelity: str | None = None, **named: int
    ) -> list[Any]:
        """Blocks of a split, size or class, see :func:`harness.data.select`.

        The size may be given by the name that the task has for it, such as ``atoms=5``.

        Raises
        ------
        TypeError
            For a name that the task does not have.
        """
        if unknown := sorted(set(named) - {self.size_name}):
            raise TypeError(f"select() has no argument {unknown[0]!r} (it has: split, {self.size_name}, fidelity)")
        return select(self.blocks, split, named.get(self.size_name, size), fidelity)


def content_sha256(blocks: Iterable[Block]) -> str:
    """SHA-256 (hex) over headers, and names, shapes and bytes of all arrays of all blocks, in order."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(json.dumps(block.header).encode())
        for name, array in block.arrays.items():
            digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def write_dataset(
    path: str | Path,
    blocks: Iterable[Block],
    mix: Mapping[str, Any],
    mix_sha256: str,
    form: BlockFormat | None = None,
) -> str:
    """Write a dataset atomically and return its content hash; the same content gives the same bytes.

    ``form`` is the format of the blocks, by default that of the default task.
    """
    import h5py

    blocks = list(blocks)
    content = content_sha256(blocks)
    with writing(path) as temporary, h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        file.attrs["schema"] = (form or block_format()).schema
        file.attrs["mix"] = json.dumps(mix, sort_keys=True)
        file.attrs["mix_sha256"] = mix_sha256
        file.attrs["content_sha256"] = content
        for place, block in enumerate(blocks):
            group = file.create_group(f"blocks/{place:05d}")
            for name, value in block.attributes.items():
                group.attrs[name] = value
            for name, array in block.arrays.items():
                group.create_dataset(name, data=array, track_times=False)
    return content


def read_dataset(
    path: str | Path,
    mix_sha256: str | None = None,
    splits: Iterable[str] | None = None,
    check: bool = True,
    form: BlockFormat | None = None,
) -> Dataset:
    """Read a dataset, or some splits of it.

    Parameters
    ----------
    path
        The file, or the folder of ``harness data`` that holds ``dataset.h5``.
    mix_sha256
        The fingerprint that the data must have, if any.
    splits
        Which splits to load; by default all.
    check
        Compare the content hash (only when all splits are loaded).
    form
        The format of its blocks, by default that of the default task.

    Raises
    ------
    InputError
        If the file is missing, truncated, damaged, of another schema, or made from another mix.
    """
    import h5py

    form = form or block_format()
    path = Path(path)
    path = path / "dataset.h5" if path.is_dir() else path
    if path.is_dir():
        raise InputError(f"dataset {path}: is a folder, where the file is due; move it away")
    if not path.is_file():
        raise InputError(f"dataset {path}: no such file; make it with 'harness data'")
    wanted = None if splits is None else set(splits)
    try:
        require_memory(path.stat().st_size, f"dataset {path}", "read some of its splits on a larger machine")
        with h5py.File(path, "r") as file:
            if file.attrs.get("schema") != form.schema:
                found = file.attrs.get("schema")
                raise InputError(f"dataset {path}: schema {found!r}, this version reads {form.schema!r}")
            found, text = str(file.attrs["mix_sha256"]), str(file.attrs["mix"])
            if mix_sha256 is not None and found != mix_sha256:
                raise InputError(
                    f"dataset {path}: made from another mix ({found[:12]}, {mix_sha256[:12]} is wanted); "
                    "choose another folder, or make it anew"
                )
            mix, content = mix_of(text, found), str(file.attrs["content_sha256"])
            refuse_foreign(file, path.stat().st_size)
            blocks = tuple(
                form.read(group)
                for _, group in sorted(file["blocks"].items())  # type: ignore[union-attr]
                if wanted is None or group.attrs["split"] in wanted
            )
    except InputError:
        raise
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, AttributeError, OverflowError) as error:
        line = " ".join(str(error).split())[:300]
        raise InputError(f"dataset {path}: truncated or damaged ({line}); make it anew with 'harness data'") from None
    if check and wanted is None and content_sha256(blocks) != content:
        raise InputError(f"dataset {path}: checksum differs, the file was changed; make it anew with 'harness data'")
    return Dataset(mix, found, content, blocks, form.size_name)
