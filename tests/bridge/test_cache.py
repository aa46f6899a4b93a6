"""The cache: whole files, whole checks, one answer for one question."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness import SpinSystem, TimeGrid
from harness.bridge.pins import pins_of
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import (
    BLOCK,
    CacheFault,
    Entry,
    EntryName,
    entry_name,
    from_bytes,
    parse_entry_name,
    read_entry,
    to_bytes,
)
from harness.tasks.spins.spinach.manifest import PINS
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import OBSERVABLES
from tests.bridge.forging import forged

EntryMaker = Callable[..., Entry]


def test_an_entry_comes_back_as_it_was_written(tmp_path: Path, make_entry: EntryMaker) -> None:
    entry = make_entry()
    back = read_entry(SpinachCache((tmp_path,)).store(entry))
    assert back.key == entry.key
    assert (back.role, back.case, dict(back.parameters)) == (entry.role, entry.case, dict(entry.parameters))
    assert dict(back.details) == dict(entry.details)
    assert back.system == entry.system
    for name in ("m", "i1z", "offsets_hz", "couplings_hz"):
        np.testing.assert_array_equal(getattr(back.answer, name), getattr(entry.answer, name))


def test_hdf5_tools_read_an_entry(tmp_path: Path, make_entry: EntryMaker) -> None:
    entry = make_entry()
    path = SpinachCache((tmp_path,)).store(entry)
    with h5py.File(path, "r") as file:
        assert file.userblock_size == BLOCK
        np.testing.assert_array_equal(file["i1z"][()], entry.answer.i1z)


def with_everything(entry: Entry) -> Entry:
    """The same entry with all four observables and the engine's own gyromagnetic ratios."""
    rng, points, spins = np.random.default_rng(7), entry.grid.points, len(entry.system)
    request = Request.of(entry.system, entry.grid, OBSERVABLES)
    answer = replace(
        entry.answer,
        offsets_hz=entry.system.offsets_hz + 1e-9,
        couplings_hz=entry.system.couplings_hz * (1 + 1e-12),
        spin_signals=rng.normal(size=(spins, points)) + 1j * rng.normal(size=(spins, points)),
        spin_polarisations=rng.normal(size=(spins, points)),
        gyromagnetic_ratios=np.array([2.6752e8, -2.7116e7]),
    )
    return replace(entry, request=request, answer=answer)


def test_every_observable_comes_back_and_is_cut_to_the_samples_requested(
    tmp_path: Path, make_entry: EntryMaker
) -> None:
    cache, entry = SpinachCache((tmp_path,)), with_everything(make_entry())
    back = read_entry(cache.store(entry))
    names = ("m", "i1z", "spin_signals", "spin_polarisations", "offsets_hz", "couplings_hz", "gyromagnetic_ratios")
    for name in names:
        np.testing.assert_array_equal(getattr(back.answer, name), getattr(entry.answer, name), err_msg=name)
    assert (back.answer.dimension, back.answer.stages) == (entry.answer.dimension, entry.answer.stages)
    np.testing.assert_array_equal(back.system_used.offsets_hz, entry.answer.offsets_hz)
    np.testing.assert_array_equal(back.system_used.couplings_hz, entry.answer.couplings_hz)
    short = cache.lookup(Request.of(entry.system, TimeGrid(7, 1e-3), ("spin_signals", "spin_polarisations")))
    assert short is not None
    np.testing.assert_array_equal(short.spin_signals, entry.answer.spin_signals[:, :7])  # type: ignore[index]
    np.testing.assert_array_equal(short.spin_polarisations, entry.answer.spin_polarisations[:, :7])  # type: ignore[index]
    assert (short.mx, short.i1z) == (None, None)


def test_an_entry_answers_no_longer_and_no_further_request(make_entry: EntryMaker) -> None:
    entry = make_entry()
    longer = Request.of(entry.system, TimeGrid(41, 1e-3))
    further = Request.of(entry.system, TimeGrid(40, 1e-3), OBSERVABLES)
    other = Request.of(entry.system, TimeGrid(40, 2e-3))
    for request in (longer, further, other):
        assert not entry.answers(request)
        with pytest.raises(ValueError, match="does not answer that request"):
            entry.trajectory(request)


def test_the_basis_and_the_time_of_an_entry(make_entry: EntryMaker) -> None:
    entry = make_entry()
    assert (entry.basis, entry.truncated) == ("complete", False)
    options = SpinachOptions("sphten-liouv", "IK-1", 3)
    cut = replace(entry, request=Request.of(entry.system, entry.grid, options=options))
    assert (cut.basis, cut.truncated) == ("IK-1 level 3", True)
    timed = replace(entry, details={**entry.details, "stages_wall_s": {"setup": 0.25, "evolution": 1.5}})
    assert timed.wall_s == 1.75


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_fact_that_is_no_number_is_not_written(tmp_path: Path, make_entry: EntryMaker, value: float) -> None:
    """JSON has none: another reader would refuse the file."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_bytes(make_entry(parameters={"field_t": value}))


def test_whose_entry_it_is(tmp_path: Path, make_entry: EntryMaker) -> None:
    assert make_entry().origin == {}
    mine = read_entry(SpinachCache((tmp_path,)).store(make_entry()))
    named = {"cache_file": mine.path.name, "cache_folder_kind": "user", "cache_folder": str(tmp_path)}  # type: ignore[union-attr]
    assert mine.origin == named
    assert mine.trajectory().provenance.details.items() >= named.items()
    path = min(shared_folder("spinach_cache").glob("*.h5"))
    assert read_entry(path).origin == {"cache_file": path.name, "cache_folder_kind": "packaged"}


@pytest.mark.parametrize(
    ("commit", "short"),
    [
        ("0123456789abcdef0123456789abcdef01234567", "0123456789ab"),
        ("0123456789abcdef+modified-0011223344556677889900", "0123456789abcdef+modified-00112233445566"),
        ("unknown-0123456789abcdef0123456789abcdef0123456789", "unknown-0123456789abcdef0123456789abcdef"),
        ("Content-ABC/../x", "content-abcx"),
    ],
)
def test_the_commit_in_a_file_name(commit: str, short: str, make_entry: EntryMaker) -> None:
    """Twelve digits, or as much of a changed or unknown copy as tells it from others; never a path."""
    name = entry_name(make_entry().request, "spinach-octave", commit)
    assert name.endswith(f"-40-mi-spinach-octave-{short}.h5")
    assert parse_entry_name(name) == EntryName(make_entry().request.family[:32], 40, "mi", "spinach-octave", short)


def test_any_changed_byte_is_refused(make_entry: EntryMaker) -> None:
    """100 random flips, and every byte of the header: all refused."""
    content = to_bytes(make_entry())
    rng = np.random.default_rng(5)
    places = [*rng.integers(len(content), size=100), *range(BLOCK)]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= int(rng.integers(1, 256))
        with pytest.raises(CacheFault, match="here"):
            from_bytes(bytes(damaged), "here")
    assert from_bytes(content, "here").case == "made up"


@pytest.mark.parametrize("cut", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, -1])
def test_a_truncated_file_is_refused(cut: int, make_entry: EntryMaker) -> None:
    with pytest.raises(CacheFault):
        from_bytes(to_bytes(make_entry())[:cut], "here")


def test_a_longer_file_is_refused(make_entry: EntryMaker) -> None:
    with pytest.raises(CacheFault):
        from_bytes(to_bytes(make_entry()) + b"x", "here")


def test_a_newer_schema_is_refused_by_name(make_entry: EntryMaker) -> None:
    """A sound file of schema 2: the message says that it is newer, and what to do."""
    body = to_bytes(make_entry())[BLOCK:]
    digest = hashlib.sha256(b"schema=2\n" + body).hexdigest()
    header = f"spin-harness-cache schema=2 sha256={digest}\n".encode().ljust(BLOCK)
    with pytest.raises(CacheFault, match=r"schema 2 is newer than 1.*update spin-harness"):
        from_bytes(header + body, "here")


def test_an_older_schema_is_refused_by_name(make_entry: EntryMaker) -> None:
    body = to_bytes(make_entry())[BLOCK:]
    header = f"spin-harness-cache schema=0 sha256={'0' * 64}\n".encode().ljust(BLOCK)
    with pytest.raises(CacheFault, match="older"):
        from_bytes(header + body, "here")


def test_an_entry_under_another_name_is_refused(tmp_path: Path, make_entry: EntryMaker) -> None:
    path = SpinachCache((tmp_path,)).store(make_entry())
    other = tmp_path / entry_name(make_entry(points=39).request, "spinach-octave", "0123456789abcdef")
    path.rename(other)
    with pytest.raises(CacheFault, match="name does not fit"):
        read_entry(other)


def test_a_damaged_file_is_never_used_nor_overwritten(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache, entry = SpinachCache((tmp_path,)), make_entry()
    path = cache.store(entry)
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    for call in (
        lambda: cache.lookup(entry.request),
        lambda: list(cache.entries()),
        lambda: cache.store(entry),
    ):
        with pytest.raises(CacheFault, match=path.name):
            call()
    assert path.read_bytes() == damaged
    assert [fault != "" for _, fault in cache.verify()] == [True]
    cache.store(entry, replace_refused=True)
    assert read_entry(path).key == entry.key
    assert path.with_name(path.name + ".refused").read_bytes() == damaged


def test_a_longer_entry_answers_with_its_first_samples(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache, entry = SpinachCache((tmp_path,)), make_entry(points=40)
    cache.store(entry)
    short = cache.lookup(Request.of(entry.system, TimeGrid(10, 1e-3)))
    assert short is not None
    assert short.grid.points == 10
    np.testing.assert_array_equal(short.m, entry.answer.m[:10])  # type: ignore[index]
    assert short.provenance.details["prefix_of_points"] == 40
    only_m = cache.lookup(Request.of(entry.system, TimeGrid(40, 1e-3), ("m",)))
    assert only_m is not None
    assert only_m.i1z is None
    assert "prefix_of_points" not in only_m.provenance.details


@pytest.mark.parametrize(
    "request_",
    [
        Request.of(SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]]), TimeGrid(41, 1e-3)),
        Request.of(SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]]), TimeGrid(40, 1.0000001e-3)),
        Request.of(SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]]), TimeGrid(40, 1e-3), ("spin_signals",)),
        Request.of(SpinSystem([np.nextafter(30.0, 31), -50.0], [[0, 12.0], [12.0, 0]]), TimeGrid(40, 1e-3)),
        Request.of(SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]], tagged_spin=1), TimeGrid(40, 1e-3)),
        Request.of(
            SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]]),
            TimeGrid(40, 1e-3),
            options=SpinachOptions("sphten-liouv", "IK-1", 2),
        ),
    ],
    ids=["longer", "dt", "observables", "offset", "tagged", "basis"],
)
def test_another_question_is_not_answered(tmp_path: Path, request_: Request, make_entry: EntryMaker) -> None:
    cache = SpinachCache((tmp_path,))
    cache.store(make_entry())
    assert cache.lookup(request_) is None


def test_labels_and_names_change_no_number_and_no_key(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache, entry = SpinachCache((tmp_path,)), make_entry()
    cache.store(entry)
    hostile = SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]], labels=["a'b", "x\n;system('id')"], name="../../x")
    assert cache.lookup(Request.of(hostile, TimeGrid(40, 1e-3))) is not None


def test_the_first_folder_answers_first(tmp_path: Path, make_entry: EntryMaker) -> None:
    mine, packaged = tmp_path / "mine", tmp_path / "packaged"
    SpinachCache((packaged,)).store(make_entry(seed=1))
    cache = SpinachCache((mine, packaged))
    requested = make_entry().request
    assert cache.find(requested).path.parent == packaged  # type: ignore[union-attr]
    SpinachCache((mine,)).store(make_entry(seed=2))
    assert cache.find(requested).path.parent == mine  # type: ignore[union-attr]
    assert len(list(cache.entries())) == 1


def test_entries_are_chosen_by_role_case_and_engine(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache = SpinachCache((tmp_path,))
    for n, role in enumerate(["chain", "molecule", "chain"]):
        cache.store(make_entry(points=20 + n, role=role, case=f"case {n}"))
    assert [e.case for e in cache.entries("chain")] == ["case 0", "case 2"]
    assert [e.case for e in cache.entries(["chain", "molecule"])] == ["case 0", "case 2", "case 1"]
    assert [e.case for e in cache.entries(case="case 1")] == ["case 1"]
    assert list(cache.entries(engine="spinach-matlab")) == []
    assert cache.count() == 3
    assert cache.count("spinach-matlab") == 0


def test_a_name_says_what_it_holds(make_entry: EntryMaker) -> None:
    entry = make_entry()
    name = parse_entry_name(entry_name(entry.request, "spinach-octave", "0123456789abcdef+modified-0011223344556677"))
    assert name is not None
    assert (name.points, name.observables, name.engine) == (40, "mi", "spinach-octave")
    assert name.commit == "0123456789abcdef+modified-00112233445566"
    assert parse_entry_name("notes.h5") is None


def test_a_folder_that_is_not_there_is_an_empty_cache(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache = SpinachCache((tmp_path / "nothing",))
    assert cache.lookup(make_entry().request) is None
    assert cache.count() == 0


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import made_up_entry
from harness.tasks.spins.spinach.cache import SpinachCache
cache = SpinachCache((Path({folder!r}),))
for n in range(30):
    cache.store(made_up_entry(points=20 + n, seed=n))
"""


def test_two_processes_fill_one_folder_without_loss(tmp_path: Path) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    both = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    cache = SpinachCache((tmp_path,))
    assert len(list(cache.entries())) == 30
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".h5"] * 30


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, make_entry: EntryMaker) -> None:
    """A real file system of 64 KiB."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small tmpfs needs root")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    try:
        cache = SpinachCache((small,))
        stored = 0
        with pytest.raises(InputError, match="the disk is full"):  # noqa: PT012 - the loop is the point
            for n in range(50):
                cache.store(make_entry(points=300 + n))
                stored += 1
        assert stored >= 1
        assert len(list(cache.entries())) == stored
        assert all(path.suffix == ".h5" for path in small.iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_folder_without_permission_is_one_line(tmp_path: Path, make_entry: EntryMaker) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    with pytest.raises(InputError, match="is a file, where a folder is due"):
        SpinachCache((in_the_way,)).store(make_entry())


def test_of_two_answers_the_newest_is_taken(tmp_path: Path, make_entry: EntryMaker) -> None:
    cache = SpinachCache((tmp_path,))
    for commit, date in (("a" * 12, "2026-03-01"), ("b" * 12, "2026-05-01"), ("c" * 12, "2026-04-01")):
        entry = make_entry(seed=ord(commit[0]))
        cache.store(replace(entry, commit=commit, details={**entry.details, "date": f"{date}T00:00:00+00:00"}))
    found = cache.find(make_entry().request)
    assert found is not None
    assert found.commit == "b" * 12
    stated = cache.lookup(make_entry().request, commit="a" * 12)
    np.testing.assert_array_equal(stated.m, make_entry(seed=ord("a")).answer.m)  # type: ignore[union-attr]


def test_an_entry_whose_key_does_not_follow_from_its_request_is_refused(
    make_entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound file whose header names another key: whoever wrote it meant another request."""
    with monkeypatch.context() as patch:
        patch.setattr(Entry, "key", property(lambda entry: "0" * 64))
        content = to_bytes(make_entry())
    with pytest.raises(CacheFault, match="the key does not follow from the request"):
        from_bytes(content, "here")


def test_every_packaged_entry_is_pinned_and_nothing_else_is() -> None:
    folder = shared_folder("spinach_cache")
    assert pins_of(folder) == PINS.file.read_text(encoding="ascii")
    assert set(PINS.digests) == {path.name for path in folder.glob("*.h5")}


def test_a_file_that_is_not_the_pinned_one_is_reported_from_one_that_is_not_pinned() -> None:
    path = next(iter(sorted(shared_folder("spinach_cache").glob("*.h5"))))
    assert PINS.unpinned(path, path.read_bytes()) == ""
    assert "is not the entry that comes with this package" in PINS.unpinned(path, forged(path))
    assert "is no entry of this package" in PINS.unpinned(path.with_name("new.h5"), path.read_bytes())


def test_the_packaged_folder_is_looked_at_first_wherever_it_stands(tmp_path: Path) -> None:
    """A user's entry of the same request, with other numbers and a fitting checksum, shadows nothing."""
    folder = shared_folder("spinach_cache")
    theirs = next(iter(sorted(folder.glob("*.h5"))))
    (tmp_path / theirs.name).write_bytes(forged(theirs))
    requested = read_entry(theirs).request
    for cache in (SpinachCache((tmp_path, folder)), SpinachCache.open(tmp_path)):
        found = cache.find(requested)
        assert found is not None
        assert found.path == theirs
        assert found.trajectory().provenance.details["cache_folder_kind"] == "packaged"
        assert [path for path in cache.paths() if path.name == theirs.name] == [theirs]
    alone = SpinachCache((tmp_path,)).find(requested)
    assert alone is not None
    details = alone.trajectory().provenance.details
    assert (details["cache_folder_kind"], details["cache_folder"]) == ("user", str(tmp_path))


def test_verify_looks_at_every_folder(tmp_path: Path) -> None:
    theirs = next(iter(sorted(shared_folder("spinach_cache").glob("*.h5"))))
    (tmp_path / theirs.name).write_bytes(b"no entry")
    verdicts = dict(SpinachCache.open(tmp_path).verify())
    assert verdicts[theirs] == ""
    assert "damaged" in verdicts[tmp_path / theirs.name]
