"""What may be taken is the least of what the machine and its control groups give; what does not fit is refused."""

from __future__ import annotations

import pytest

from harness import memory
from harness.errors import InputError
from harness.memory import available_memory_bytes, require_memory


def test_what_fits_passes_and_what_does_not_is_one_line_with_both_numbers() -> None:
    require_memory(800, "this", "take less", available_bytes=1000)
    with pytest.raises(InputError) as caught:
        require_memory(3 << 30, "1e8 points", "take fewer points", available_bytes=1 << 30)
    assert str(caught.value) == (
        "1e8 points needs about 3.22e+09 bytes (3 GiB) of memory here, more than the 8.59e+08 bytes (0.8 GiB) that "
        "this machine can give: take fewer points"
    )


@pytest.mark.parametrize("count", [float("inf"), 10**400])
def test_numbers_beyond_floats_are_refused_not_raised(count: float) -> None:
    with pytest.raises(InputError, match="inf bytes"):
        require_memory(count, "this", "take less")


def test_the_limit_of_a_control_group_counts_wherever_it_is_set(tmp_path) -> None:
    listing = tmp_path / "cgroup"
    listing.write_text("4:memory:/job/step\n3:cpuset:/\n0::/unified/inner\n")
    for place, text in {
        "memory/job/memory.limit_in_bytes": "3000",
        "memory/job/step/memory.limit_in_bytes": "9223372036854771712",
        "unified/memory.max": "2000",
        "unified/inner/memory.max": "max",
    }.items():
        (tmp_path / "root" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / place).write_text(text + "\n")
    found = memory._cgroup_bytes(listing, tmp_path / "root")
    assert sorted(found) == [2000, 3000, 9223372036854771712]


def test_the_smallest_bound_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_meminfo_bytes", lambda: 5000)
    monkeypatch.setattr(memory, "_cgroup_bytes", lambda: [7000, 4000])
    assert available_memory_bytes() == 4000
    monkeypatch.setattr(memory, "_cgroup_bytes", list)
    assert available_memory_bytes() == 5000
    monkeypatch.setattr(memory, "_meminfo_bytes", lambda: None)
    assert available_memory_bytes() > 1 << 28, "the physical memory of any machine that runs this"
