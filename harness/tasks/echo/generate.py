"""Generation of curves: shards written whole, packed into one file; a killed run continues where it stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, as_completed
from pathlib import Path

import numpy as np

from harness.data.executors import executor
from harness.durable import lock, make_folder, sweep, write_json
from harness.errors import InputError
from harness.tasks.echo.curves import CurveSet, joined, read_curves, write_curves
from harness.tasks.echo.recipe import CurveRecipe

SHARD = 100
Report = Callable[[int, int], None]


def generate(
    recipe: CurveRecipe,
    folder: str | Path,
    workers: int = 0,
    report: Report = lambda done, total: None,
) -> CurveSet:
    """Make ``folder/curves.h5`` from a recipe, or continue where a killed call stopped.

    Every shard of :data:`SHARD` curves is computed separately on one thread, in single precision (an error of at most
    2.5e-6), so that the finished file depends only on the recipe and not on kills or on the number of workers.
    ``report`` is called with finished and all curves. ``folder/manifest.json`` holds the recipe and its fingerprint.

    Raises
    ------
    InputError
        If the folder is in use or holds curves of another recipe, or if a worker dies.
    """
    folder = Path(folder)
    with lock(folder):
        target, shards = folder / "curves.h5", make_folder(folder / "shards")
        if target.exists():
            found = read_curves(target, recipe.as_dict())
            shutil.rmtree(shards, ignore_errors=True)
            return found
        sweep(folder)
        write_json(folder / "manifest.json", {"recipe": recipe.as_dict(), "fingerprint": recipe.fingerprint})
        paths = {start: shards / f"shard-{start:08d}.h5" for start in range(0, recipe.count, SHARD)}
        _make_missing(recipe, paths, workers, report)
        whole = joined([_shard(path, recipe) for path in paths.values()])
        write_curves(target, whole)
        shutil.rmtree(shards, ignore_errors=True)
        return whole


def make_shard(recipe: CurveRecipe, start: int, path: str) -> None:
    """Compute and write curves ``start`` … ``start + SHARD − 1``, in whichever process."""
    import torch

    torch.set_num_threads(1)
    write_curves(path, computed(recipe, range(start, min(start + SHARD, recipe.count))))


def computed(recipe: CurveRecipe, numbers: range) -> CurveSet:
    """The curves with these numbers, computed now."""
    from harness.tasks.echo.simulate import simulate

    m = simulate([recipe.system(k) for k in numbers], recipe.plan, precision="float32")
    if recipe.noise:
        m = m + np.stack([recipe.noise_of(k) for k in numbers])
    labels = np.stack([recipe.labels(k) for k in numbers])
    return CurveSet(m.astype(np.complex64), labels, recipe.as_dict())


def _make_missing(recipe: CurveRecipe, paths: dict[int, Path], workers: int, report: Report) -> None:
    missing = {start: path for start, path in paths.items() if not path.is_file()}
    done = recipe.count - sum(min(SHARD, recipe.count - start) for start in missing)
    report(done, recipe.count)
    if not missing:
        return
    try:
        with executor(min(workers, len(missing))) as (pool, _):
            waiting = {pool.submit(make_shard, recipe, start, str(path)): start for start, path in missing.items()}
            for future in as_completed(waiting):
                future.result()
                done += min(SHARD, recipe.count - waiting[future])
                report(done, recipe.count)
    except BrokenExecutor:
        raise InputError(
            "a worker process died (out of memory?): what is finished is preserved; run again with fewer workers"
        ) from None


def _shard(path: Path, recipe: CurveRecipe) -> CurveSet:
    """A shard that is complete and of this recipe; a damaged one is removed, so that the next run makes it again."""
    try:
        return read_curves(path, recipe.as_dict())
    except InputError as error:
        path.unlink(missing_ok=True)
        raise InputError(f"{error}; the shard was removed, run again to make it anew") from None
