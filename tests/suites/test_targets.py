"""The targets file, and what is refused in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.suites.targets import load_targets

GOOD = """
[toy]
version = 1
[toy.error]
value = 1e-3
unit = "1"
comparison = "<="
source = "ours"
reason = "because"
"""


def test_every_target_of_the_package_is_complete() -> None:
    suites = load_targets()
    assert "spinach" in suites
    for suite in suites.values():
        assert suite.version >= 1
        for target in suite.targets.values():
            assert len(target.reason) > 10


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('reason = "because"', "", "reason"),
        ('reason = "because"', 'reason = " "', "a reason"),
        ('unit = "1"', "", "unit"),
        ('source = "ours"', 'source = "theirs"', "'asked' or 'ours'"),
        ('comparison = "<="', 'comparison = "=="', "comparison '=='"),
        ('comparison = "<="', 'comparison = "between"', "\\[low, high\\]"),
        ("value = 1e-3", "value = [1, 2]", "\\[low, high\\]"),
        ("value = 1e-3", 'value = "small"', "a number"),
        ("value = 1e-3", "value = true", "a number"),
        ("version = 1", "version = 0", "version"),
        ("version = 1", "", "version"),
        ("[toy.error]", "[toy.error", "TOML"),
        ("value = 1e-3", "value = 1e-3\nspeed = 2", "speed"),
        ("value = 1e-3", 'value = 1e-3\nkind = "hope"', "kind 'hope'"),
    ],
)
def test_a_bad_target_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_targets(path)


GOALS = {
    "scaling.hoped_speed_up_own_n8",
    "scaling.hoped_speed_up_own_n10",
    "topology.ring_relative_increase_below_20",
    "topology.ring_relative_increase_at_20",
}
"""Every goal of the package. A target that is missed does not become a goal by itself: this list says so."""


def test_these_are_all_the_goals_and_each_says_why_it_is_one() -> None:
    found = {f"{name}.{key}": t for name, suite in load_targets().items() for key, t in suite.targets.items()}
    goals = {place: target for place, target in found.items() if target.kind == "goal"}
    assert set(goals) == GOALS
    assert all("A goal, because" in target.reason for target in goals.values())
    assert not [place for place, target in found.items() if target.kind == "gate" and "A goal" in target.reason]


def test_every_target_is_a_gate_unless_the_file_says_goal(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_targets(path)["toy"].target("error").kind == "gate"
    path.write_text(GOOD + 'kind = "goal"\n', encoding="utf-8")
    assert load_targets(path)["toy"].target("error").kind == "goal"


def test_a_good_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_targets(path)["toy"].target("error").value == 1e-3
    with pytest.raises(InputError, match="known: error"):
        load_targets(path)["toy"].target("errors")
