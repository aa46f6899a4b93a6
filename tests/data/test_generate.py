"""Generation: interrupted or not, with one worker or two, on a cluster or here: the same bytes."""

import json
import os
import random
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from harness.data import generate, read_dataset, write_dataset
from harness.durable import lock
from harness.errors import InputError
from harness.tasks.spins.references import simulate


class Stop(Exception):
    pass


def test_content_matches_the_reference_and_the_declared_counts(small_mix, tmp_path):
    data = generate(small_mix(), tmp_path / "d", workers=1)
    assert {(b.spins, b.split): len(b) for b in data.blocks} == {
        (n, split): count for n in (2, 3) for split, count in (("train", 23), ("validation", 7), ("test", 5))
    }
    for block in data.blocks:
        truth = simulate(block.system(2), block.grid)
        # Stored as float32: half a unit in the last place of numbers up to one.
        np.testing.assert_allclose(block.m[2], truth.m, atol=6e-8)
        np.testing.assert_allclose(block.i1z[2], truth.i1z, atol=6e-8)
    seeds = {split: {int(s) for b in data.select(split) for s in b.seeds} for split in ("train", "validation", "test")}
    assert not seeds["train"] & (seeds["validation"] | seeds["test"])
    assert sum(map(len, seeds.values())) == sum(len(b) for b in data.blocks)


def test_resumed_data_are_bit_identical_whoever_made_the_shards(small_mix, tmp_path):
    mix = small_mix()
    generate(mix, tmp_path / "calm", workers=1)

    def stop(done: int, total: int, details: dict) -> None:
        if done >= 20:
            raise Stop

    with pytest.raises(Stop):
        generate(mix, tmp_path / "stopped", workers=2, report=stop)
    retained = sorted((tmp_path / "stopped" / "shards").glob("shard-*.h5"))
    assert len(retained) >= 4
    assert not (tmp_path / "stopped" / "dataset.h5").exists()
    stamps = {path: path.stat().st_mtime_ns for path in retained}
    seen: list[int] = []
    generate(mix, tmp_path / "stopped", workers=2, report=lambda done, total, details: seen.append(done))
    assert seen[0] >= 20, "finished shards were made again"
    assert stamps
    same = (tmp_path / "calm" / "dataset.h5").read_bytes() == (tmp_path / "stopped" / "dataset.h5").read_bytes()
    assert same
    assert not (tmp_path / "stopped" / "shards").exists()
    progress = json.loads((tmp_path / "stopped" / "progress.json").read_text())
    assert progress["completed_N"] == [2, 3]
    assert {"current_N", "current_phase", "percent"} <= set(progress)


def test_a_cluster_of_two_worker_processes_gives_the_same_bytes(small_mix, tmp_path):
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    mix = small_mix(train=8)
    generate(mix, tmp_path / "here", workers=1)
    scheduler_file = tmp_path / "scheduler.json"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__WORKER__DAEMON": "true"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    dask = [sys.executable, "-m", "dask"]
    ports = ["--port", "0", "--no-dashboard", "--host", "127.0.0.1"]
    started = [subprocess.Popen([*dask, "scheduler", *ports, "--scheduler-file", str(scheduler_file)], **quiet)]
    try:
        for _ in range(600):
            if scheduler_file.is_file() and scheduler_file.read_text():
                break
            time.sleep(0.1)
        address = json.loads(scheduler_file.read_text())["address"]
        worker = [*dask, "worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        folder = ["--local-directory", str(tmp_path)]
        started += [subprocess.Popen([*worker, *folder], **quiet) for _ in range(2)]
        _wait_for_workers(address, 2)
        generate(mix, tmp_path / "there", cluster=address)
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()
    assert (tmp_path / "here" / "dataset.h5").read_bytes() == (tmp_path / "there" / "dataset.h5").read_bytes()


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout="30s", set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def test_an_absent_scheduler_is_one_line(small_mix, tmp_path):
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    from harness.data.executors import executor

    with pytest.raises(InputError, match="no scheduler answers"), executor(cluster="tcp://127.0.0.1:9", patience_s=0.5):
        pass


def test_data_of_another_mix_and_folders_in_use_are_refused(small_mix, tmp_path):
    generate(small_mix(train=1), tmp_path / "d", workers=1)
    before = (tmp_path / "d" / "dataset.h5").read_bytes()
    with pytest.raises(InputError, match="another mix"):
        generate(small_mix(train=2), tmp_path / "d", workers=1)
    assert (tmp_path / "d" / "dataset.h5").read_bytes() == before
    (tmp_path / "e" / "shards").mkdir(parents=True)
    (tmp_path / "e" / "shards" / "mix.json").write_text('{"mix_sha256": "0"}')
    with pytest.raises(InputError, match="shards of another mix"):
        generate(small_mix(), tmp_path / "e", workers=1)
    with lock(tmp_path / "f"), pytest.raises(InputError, match="in use by process"):
        generate(small_mix(), tmp_path / "f", workers=1)


@pytest.fixture
def dataset_file(small_mix, tmp_path):
    generate(small_mix(train=2), tmp_path / "d", workers=1)
    return tmp_path / "d" / "dataset.h5"


def test_truncated_files_are_one_line(dataset_file, tmp_path):
    whole = dataset_file.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.h5").write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(InputError) as caught:
            read_dataset(tmp_path / "cut.h5")
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="no such file"):
        read_dataset(tmp_path / "none.h5")


def test_changed_numbers_are_noticed(dataset_file, tmp_path):
    import h5py

    shutil.copy(dataset_file, tmp_path / "changed.h5")
    with h5py.File(tmp_path / "changed.h5", "r+") as file:
        file["blocks/00000/mx"][0, 3] += 1e-3
    with pytest.raises(InputError, match="checksum"):
        read_dataset(tmp_path / "changed.h5")


def test_a_hundred_flipped_bytes_give_the_data_or_one_line(dataset_file, tmp_path):
    whole, honest = dataset_file.read_bytes(), read_dataset(dataset_file)
    rng = random.Random(1)
    refused = 0
    for _ in range(100):
        place = rng.randrange(len(whole))
        (tmp_path / "flip.h5").write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = read_dataset(tmp_path / "flip.h5")
        except InputError:
            refused += 1
            continue
        # Bytes that hold nothing (HDF5 leaves gaps) may change; the numbers may not.
        assert found.content_sha256 == honest.content_sha256
    assert refused > 10


def test_a_damaged_shard_is_made_anew(small_mix, tmp_path):
    mix = small_mix()
    generate(mix, tmp_path / "calm", workers=1)

    def stop(done: int, total: int, details: dict) -> None:
        if done >= 20:
            raise Stop

    with pytest.raises(Stop):
        generate(mix, tmp_path / "d", workers=1, report=stop)
    shard = min((tmp_path / "d" / "shards").glob("shard-*.h5"))
    shard.write_bytes(shard.read_bytes()[:700])
    with pytest.raises(InputError, match="run again"):
        generate(mix, tmp_path / "d", workers=1)
    generate(mix, tmp_path / "d", workers=1)
    assert (tmp_path / "d" / "dataset.h5").read_bytes() == (tmp_path / "calm" / "dataset.h5").read_bytes()


def test_a_block_of_unequal_systems_or_of_nan_is_refused(small_mix, tmp_path):
    from harness.tasks.spins.data import block_of
    from harness.tasks.spins.systems import STANDARD_GRID, Provenance, Trajectory, chain

    a, b = chain([1.0, 2.0], 3.0), chain([1.0, 2.0, 3.0], 3.0)
    zeros = np.zeros(300)
    good = Trajectory(STANDARD_GRID, Provenance("x"), zeros, zeros, zeros)
    bad = Trajectory(STANDARD_GRID, Provenance("x"), zeros, zeros + np.nan, zeros)
    with pytest.raises(InputError, match="differ"):
        block_of("p", "train", "cheap", "exact", [a, b], [1, 2], [good, good])
    with pytest.raises(InputError, match="seed 2"):
        block_of("p", "train", "cheap", "exact", [a, a], [1, 2], [good, bad])


def test_signals_of_single_spins_survive_the_file(tmp_path):
    from harness.tasks.spins.data import block_of
    from harness.tasks.spins.systems import TimeGrid, chain

    system = chain([10.0, -20.0, 5.0], 8.0)
    truth = simulate(system, TimeGrid(12, 1e-4), observables=("m", "i1z", "spin_signals", "spin_polarisations"))
    write_dataset(tmp_path / "s.h5", [block_of("p", "test", "cheap", "exact", [system], [5], [truth])], {}, "0")
    (block,) = read_dataset(tmp_path / "s.h5").blocks
    np.testing.assert_array_equal(block.trajectory(0).spin_signals, truth.spin_signals)
    np.testing.assert_array_equal(block.trajectory(0).spin_polarisations, truth.spin_polarisations)
    assert block.system(0) == system


def test_a_dead_worker_is_one_line_and_keeps_what_is_finished(small_mix, tmp_path, monkeypatch):
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool
    from contextlib import contextmanager

    from harness.data.generate import simulate_shard

    class Dying:
        """Does two tasks, then its workers are gone."""

        done = 0

        def submit(self, function, *arguments):
            future = Future()
            self.done += 1
            if self.done > 2:
                future.set_exception(BrokenProcessPool())
            else:
                future.set_result(simulate_shard(*arguments))
            return future

    @contextmanager
    def dying(workers, cluster):
        yield Dying(), 1

    # The function hides the module of the same name in the package.
    monkeypatch.setattr(sys.modules["harness.data.generate"], "executor", dying)
    with pytest.raises(InputError, match="what is finished stays valid"):
        generate(small_mix(), tmp_path / "d")
    assert len(list((tmp_path / "d/shards").glob("shard-*.h5"))) == 2


def stopped(mix, folder):
    """A folder with some shards, left by a call that was stopped."""

    def stop(done: int, total: int, details: dict) -> None:
        if done >= 20:
            raise Stop

    with pytest.raises(Stop):
        generate(mix, folder, workers=1, report=stop)
    return sorted((folder / "shards").glob("shard-*.h5"))


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"mix": 1}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_mark_of_the_shards_is_one_line(damage, small_mix, tmp_path):
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "mix.json").write_bytes(damage)
    with pytest.raises(InputError, match=r"damaged .*: remove .*shards") as caught:
        generate(small_mix(), tmp_path, workers=1)
    assert "\n" not in str(caught.value)


def test_a_sound_shard_of_other_systems_is_made_anew(small_mix, tmp_path):
    """Another task's shard under this one's name: sound to the last byte, and wrong."""
    mix = small_mix()
    generate(mix, tmp_path / "calm", workers=1)
    first, second, *_ = stopped(mix, tmp_path / "d")
    shutil.copy(second, first)
    with pytest.raises(InputError, match=r"not the 5 systems of .* run again"):
        generate(mix, tmp_path / "d", workers=1)
    generate(mix, tmp_path / "d", workers=1)
    assert (tmp_path / "d" / "dataset.h5").read_bytes() == (tmp_path / "calm" / "dataset.h5").read_bytes()


@pytest.mark.parametrize("name", ["dataset.h5", ".lock", "shards/mix.json"])
def test_folders_in_the_place_of_files_are_refused_before_anything_is_computed(name, small_mix, tmp_path):
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(InputError, match="folder"):
        generate(small_mix(), tmp_path, workers=1)
    assert not list(tmp_path.rglob("*.h5.part"))
    assert not list(tmp_path.rglob("shard-*.h5"))


def edited(dataset_file, tmp_path, edit):
    """A copy of a data set in which h5py has changed something; its content hash is left as it is."""
    import h5py

    shutil.copy(dataset_file, tmp_path / "edited.h5")
    with h5py.File(tmp_path / "edited.h5", "r+") as file:
        edit(file)
    return tmp_path / "edited.h5"


def replaced(key, make):
    def edit(file):
        del file[key]
        make(file, key)

    return edit


@pytest.mark.parametrize(
    ("what", "words"),
    [("external link", "link"), ("soft link", "link"), ("external storage", "another file"), ("huge", "declares"),
     ("shape", "is due"), ("type", "is due"), ("missing", "missing"), ("more", "does not belong"),
     ("mix", "fingerprint")],
)  # fmt: skip
def test_what_this_program_never_writes_is_refused_by_name(what, words, dataset_file, tmp_path):
    import h5py

    key = "blocks/00000/mx"
    shutil.copy(dataset_file, tmp_path / "other.h5")
    edits = {
        "external link": replaced(key, lambda f, k: f.__setitem__(k, h5py.ExternalLink(str(tmp_path / "other.h5"), k))),
        "soft link": replaced(key, lambda f, k: f.__setitem__(k, h5py.SoftLink("/blocks/00000/my"))),
        "external storage": replaced(
            key, lambda f, k: f.create_dataset(k, (2, 20), "f4", external=[(str(tmp_path / "other.h5"), 0, 160)])
        ),
        "huge": replaced(key, lambda f, k: f.create_dataset(k, (1 << 20, 1 << 20), "f4", chunks=(1 << 10, 1 << 10))),
        "shape": replaced(key, lambda f, k: f.create_dataset(k, data=np.zeros((2, 19), "f4"))),
        "type": replaced(key, lambda f, k: f.create_dataset(k, data=np.zeros((2, 20), "i4"))),
        "missing": replaced(key, lambda f, k: None),
        "more": lambda f: f.create_dataset("surplus", data=np.zeros(3)),
        "mix": lambda f: f.attrs.__setitem__("mix", f.attrs["mix"].replace("small", "smell")),
    }
    with pytest.raises(InputError, match=words) as caught:
        read_dataset(edited(dataset_file, tmp_path, edits[what]))
    assert "\n" not in str(caught.value)


def test_no_byte_of_the_mix_can_change_unnoticed(dataset_file, tmp_path):
    whole = dataset_file.read_bytes()
    start = whole.index(b'{"grid"')
    end = whole.index(b"}", whole.index(b'"shares"')) + 1
    for place in range(start, end):
        (tmp_path / "flip.h5").write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        with pytest.raises(InputError):
            read_dataset(tmp_path / "flip.h5")


def test_a_size_is_selected_by_the_name_that_spins_have_for_it(small_mix, tmp_path):
    generate(small_mix(), tmp_path / "d", workers=1)
    data = read_dataset(tmp_path / "d")
    for size in {block.size for block in data.blocks}:
        assert {block.size for block in data.select(spins=size)} == {size}
        assert len(data.select(spins=size)) == len(data.select(size=size)) > 0
    with pytest.raises(TypeError, match="no argument 'atoms'"):
        data.select(atoms=3)
