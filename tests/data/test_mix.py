"""The presets hold the counts that were asked for; what cannot be used is refused by name."""

import copy
import tomllib

import pytest

from harness.data import load_mix, preset_names, seed_of
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.spins.data import draw, parse_mix, units


def brief() -> dict:
    return tomllib.loads((shared_folder("configs") / "mix" / "brief.toml").read_text())


def test_the_brief_has_the_counts_and_weights_that_were_requested():
    mix = load_mix("brief")
    training = {u.spins: u.count for u in units(mix) if u.split == "train" and u.part.fidelity != "spinach"}
    validation = {u.spins: u.count for u in units(mix) if u.split == "validation"}
    assert training == {4: 50, 6: 60, 8: 70, 10: 80, 12: 140}
    assert validation == dict.fromkeys((4, 6, 8, 10, 12), 50)
    assert sum(u.count for u in units(mix) if u.part.fidelity == "spinach") == 20
    assert dict(mix.shares) == {"cheap": 0.7, "expensive": 0.2, "spinach": 0.1}
    assert (mix.grid.points, mix.grid.dt_s) == (300, 1e-4)
    assert all(p.coupling_range_hz == (5.0, 20.0) for p in mix.parts)
    assert {p.fidelity for p in mix.parts if 12 in p.spins} == {"expensive"}


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_drawn(name):
    mix = load_mix(name)
    for unit in units(mix):
        system = draw(unit, seed_of(mix.seed, unit, 0))
        assert len(system) == unit.spins
        assert draw(unit, seed_of(mix.seed, unit, 0)) == system


@pytest.mark.parametrize("name", preset_names())
def test_no_two_systems_share_a_seed_and_no_two_splits_a_range(name):
    mix = load_mix(name)
    seen: dict[str, set[int]] = {}
    for unit in units(mix):
        seeds = {seed_of(mix.seed, unit, k) for k in range(min(unit.count, 200))}
        for others in seen.values():
            assert not seeds & others
        seen.setdefault(unit.split, set()).update(seeds)
    assert min(min(s) for s in seen.values()) >= 1 << 56
    for split, seeds in seen.items():
        assert len({seed >> 56 for seed in seeds}) == 1, split


def test_more_systems_leave_the_first_ones_as_they_are():
    data = brief()
    more = copy.deepcopy(data)
    more["part"][0]["counts"]["train"] = 500
    few, many = (next(u for u in units(parse_mix(d, "x")) if u.key == "chain-4/4/train") for d in (data, more))
    assert [draw(few, seed_of(1, few, k)) for k in range(5)] == [draw(many, seed_of(1, many, k)) for k in range(5)]


def test_the_fingerprint_sees_every_value():
    first = parse_mix(brief(), "x").fingerprint
    changed = brief()
    changed["part"][3]["coupling_range_hz"] = [5.0, 20.1]
    assert parse_mix(brief(), "y").fingerprint == first
    assert parse_mix(changed, "x").fingerprint != first


def broken(**changes: object) -> dict:
    data = brief()
    for key, value in changes.items():
        if key.startswith("part_"):
            data["part"][0][key.removeprefix("part_")] = value
        else:
            data[key] = value
    return data


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "spin-mix-9"}, "spin-mix-1"),
        ({"colour": 1}, "'colour'"),
        ({"grid": {"points": 300}}, "grid"),
        ({"shares": {"cheap": -1}}, "cheap"),
        ({"shares": {"cheap": 1.0}}, "no share"),
        ({"shares": {"free": 1.0}}, "'free'"),
        ({"part": []}, "[[part]]"),
        ({"precision": "float16"}, "float16"),
        ({"observables": ["m"]}, "observables"),
        ({"seed": -1}, "seed"),
        ({"shard_samples": 0}, "shard_samples"),
        ({"part_class": "free"}, "'free'"),
        ({"part_reference": "magic"}, "'magic'"),
        ({"part_topology": "knot"}, "'knot'"),
        ({"part_spins": [4, 4]}, "spins"),
        ({"part_spins": 4}, "spins"),
        ({"part_counts": {"train": 1.5}}, "train"),
        ({"part_counts": {"practice": 5}}, "'practice'"),
        ({"part_coupling_range_hz": [20, 5]}, "coupling_range_hz"),
        ({"part_offset_range_hz": float("nan")}, "offset_range_hz"),
        ({"part_uniform_coupling": "yes"}, "uniform_coupling"),
        ({"part_molecules": ["alanine"]}, "key"),
        ({"part_name": "chain-6"}, "chain-6"),
        ({"part_name": "../x"}, "names a folder"),
        ({"name": "../../x"}, "names a folder"),
        ({"name": "/tmp/x"}, "names a folder"),
        ({"name": ".."}, "names a folder"),
        ({"name": "x" * 300}, "names a folder"),
        ({"seed": 1 << 64}, "2^63"),
        ({"seed": 10**400}, "seed"),
        ({"shard_samples": 10**400}, "shard_samples"),
        ({"grid": {"points": 10**400, "dt_s": 1e-4}}, "points"),
        ({"grid": {"points": 300, "dt_s": 10**400}}, "dt_s"),
        ({"part_counts": {"train": 0}}, "no system at all"),
        ({"part_counts": {"train": 10**400}}, "train"),
        ({"part_spins": [10**400]}, "spins"),
        ({"part_coupling_range_hz": [5, 10**400]}, "coupling_range_hz"),
        ({"part_offset_range_hz": 10**400}, "offset_range_hz"),
        ({"part_options": {"size": 3}}, "no option 'size'"),
        ({"part_reference": "cluster", "part_options": {"size": "many"}}, "cluster"),
        ({"part_reference": "cluster", "part_options": {"size": [3]}}, "size"),
    ],
)
def test_faults_are_one_line_that_names_them(changes, words):
    with pytest.raises(InputError) as caught:
        units(parse_mix(broken(**changes), "mine.toml"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_presets_and_empty_remainders_are_refused():
    with pytest.raises(InputError, match=r"known: brief, calibration, .*chains"):
        load_mix("briefs")
    with pytest.raises(InputError, match="nothing is left"):
        load_mix("brief").without("cheap", "expensive", "spinach")
    with pytest.raises(InputError, match="'spinich'"):
        load_mix("brief").without("spinich")
