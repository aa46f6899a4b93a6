"""Generation: shards of a few systems, each written whole, packed into one file at the end."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.data.block import Block, joined
from harness.data.dataset import Dataset, read_dataset, write_dataset
from harness.data.executors import executor
from harness.data.mix import Mix
from harness.data.seeds import Unit, seed_of
from harness.durable import Progress, lock, make_folder, sweep, write_json
from harness.errors import InputError

Report = Callable[[int, int, Mapping[str, Any]], None]
IN_FLIGHT_PER_WORKER = 3


@dataclass(frozen=True)
class Shard:
    """A part of the work: its number in the mix, its block, and the systems of this block."""

    number: int
    unit: Unit
    indices: range

    def path(self, folder: Path) -> Path:
        """The file of the shard until it is packed."""
        return folder / f"shard-{self.number:06d}.h5"


def generate(
    mix: Mix,
    folder: str | Path,
    workers: int = 0,
    cluster: str | None = None,
    report: Report = lambda done, total, details: None,
    progress: Progress | None = None,
) -> Dataset:
    """Make the dataset of a mix in ``folder/dataset.h5``, or continue where a killed call stopped.

    ``folder/shards`` holds finished shards until the file is packed; ``folder/progress.json`` records the progress.
    ``report`` is called with the finished systems, all systems, and details after every shard. The finished file
    depends on the mix alone (and the machine's arithmetic), not on kills, workers or their order.

    Raises
    ------
    InputError
        If the folder holds data of another mix or is in use, a worker dies, or a reference cannot simulate a system.
    """
    folder = Path(folder)
    target, parts = folder / "dataset.h5", folder / "shards"
    with lock(folder):
        if target.is_dir():
            raise InputError(f"{target}: is a folder, where the dataset is due; move it away")
        if target.is_file():
            dataset = read_dataset(target, mix.fingerprint, form=mix.blocks)
            shutil.rmtree(parts, ignore_errors=True)
            return dataset
        _claim(parts, mix)
        progress = progress or Progress(folder / "progress.json")
        work = list(shards(mix))
        started = time.perf_counter()
        _run(mix, work, parts, workers, cluster, report, progress)
        blocks = _packed(mix, work, parts)
        write_dataset(target, blocks, mix.as_dict(), mix.fingerprint, mix.blocks)
        record = {
            "mix": mix.name,
            "mix_sha256": mix.fingerprint,
            "systems": sum(len(b) for b in blocks),
            "blocks": {f"{b.part}/{b.size}/{b.split}": len(b) for b in blocks},
            "seconds": round(time.perf_counter() - started, 3),
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_json(folder / "dataset.json", record)
        dataset = read_dataset(target, mix.fingerprint, form=mix.blocks)
        shutil.rmtree(parts, ignore_errors=True)
        return dataset


def shards(mix: Mix) -> Iterator[Shard]:
    """The work in parts of ``mix.shard_samples`` systems."""
    number = 0
    for unit in mix.units():
        for start in range(0, unit.count, mix.shard_samples):
            yield Shard(number, unit, range(start, min(start + mix.shard_samples, unit.count)))
            number += 1


def simulate_shard(unit: Unit, seeds: Sequence[int], mix: Mix) -> Block:
    """The work of one shard, in any process; BLAS uses only one thread, so that the result is always the same."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return mix.simulate(unit, seeds)


def _claim(parts: Path, mix: Mix) -> None:
    """Mark the shard folder as one of this mix, or refuse the folder of another mix."""
    mark = make_folder(parts) / "mix.json"
    if mark.exists():
        found = _marked(mark)
        if found != mix.fingerprint:
            raise InputError(
                f"{parts}: shards of another mix ({found[:12]}, {mix.fingerprint[:12]} is wanted); "
                "choose another folder, or empty this one"
            )
    else:
        write_json(mark, {"mix": mix.name, "mix_sha256": mix.fingerprint})
    sweep(parts)


def _marked(mark: Path) -> str:
    """The fingerprint of the mix that a shard folder belongs to."""
    try:
        return str(json.loads(mark.read_bytes())["mix_sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(
            f"{mark}: damaged ({line}), so that nobody knows whose shards these are: remove {mark.parent}"
        ) from None


def _run(
    mix: Mix,
    work: list[Shard],
    parts: Path,
    workers: int,
    cluster: str | None,
    report: Report,
    progress: Progress,
) -> None:
    """Make every missing shard."""
    there = {path.name for path in parts.glob("shard-*.h5") if re.fullmatch(r"shard-\d{6}", path.stem)}
    missing = [shard for shard in work if shard.path(parts).name not in there]
    total = sum(len(shard.indices) for shard in work)
    left = Counter({size: 0 for size in sorted({u.size for u in mix.units()})})
    for shard in missing:
        left[shard.unit.size] += len(shard.indices)
    done = total - sum(left.values())
    before, started = done, time.perf_counter()

    def note() -> None:
        while (size := next((n for n in left if n not in progress.completed), None)) is not None and not left[size]:
            progress.complete(size)
        elapsed = time.perf_counter() - started
        rate = (done - before) / elapsed if elapsed > 0 else 0.0
        details = {
            "samples_done": done,
            "samples": total,
            "samples_per_s": round(rate, 3),
            "seconds_left": round((total - done) / rate, 1) if rate else None,
        }
        if size is not None and (progress.current, progress.phase) != (size, "dataset_generation"):
            progress.start(size, "dataset_generation")
        progress.update(done / total, **details)
        report(done, total, {"N": size, **details})

    note()
    if not missing:
        return
    with executor(workers, cluster) as (pool, count):
        for shard, block in _results(pool, missing, mix, count * IN_FLIGHT_PER_WORKER):
            write_dataset(shard.path(parts), [block], {}, mix.fingerprint, mix.blocks)
            left[shard.unit.size] -= len(block)
            done += len(block)
            note()


def _results(pool: Executor, work: list[Shard], mix: Mix, in_flight: int) -> Iterator[tuple[Shard, Block]]:
    """Finished parts with their blocks, in the order of completion; the number of submitted parts is limited."""
    waiting: dict[Future[Block], Shard] = {}
    queue = iter(work)
    exhausted = False
    try:
        while True:
            while not exhausted and len(waiting) < in_flight:
                shard = next(queue, None)
                if shard is None:
                    exhausted = True
                    break
                seeds = [seed_of(mix.seed, shard.unit, k) for k in shard.indices]
                waiting[pool.submit(simulate_shard, shard.unit, seeds, mix)] = shard
            if not waiting:
                return
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda f: waiting[f].number):
                shard = waiting.pop(future)
                yield shard, future.result()
    except BrokenExecutor:
        raise InputError(
            "a worker process died (out of memory, or a script without a main guard): what is finished stays valid; "
            "run again with fewer workers"
        ) from None


def _packed(mix: Mix, work: list[Shard], parts: Path) -> list[Block]:
    """All blocks, from shards in the order of the mix."""
    gathered: dict[str, list[Block]] = {}
    for shard in work:
        path = shard.path(parts)
        try:
            block = _shard(path, shard, mix)
        except InputError as error:
            path.unlink(missing_ok=True)
            raise InputError(f"{error}; the shard was removed, run again to make it anew") from None
        gathered.setdefault(shard.unit.key, []).append(block)
    blocks = [joined(pieces) for pieces in gathered.values()]
    seen = [int(seed) for block in blocks for seed in block.seeds]
    if len(set(seen)) != len(seen):
        raise InputError(f"mix {mix.name!r}: two systems share a seed: rename a part")
    return blocks


def _shard(path: Path, shard: Shard, mix: Mix) -> Block:
    """The block of a shard; it must be the one that belongs to this shard.

    Raises
    ------
    InputError
        If the file is damaged, or valid but of another part.
    """
    blocks = read_dataset(path, mix.fingerprint, form=mix.blocks).blocks
    unit = shard.unit
    seeds = [seed_of(mix.seed, unit, k) for k in shard.indices]
    expected = (unit.part.name, unit.split, unit.size, mix.grid, mix.precision, seeds)
    for block in blocks:
        found = (block.part, block.split, block.size, block.grid, block.precision, block.seeds.tolist())
        if len(blocks) == 1 and found == expected:
            return block
    raise InputError(f"dataset {path}: not the {len(seeds)} systems of {unit.key} that belong there")
