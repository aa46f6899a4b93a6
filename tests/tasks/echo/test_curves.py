"""Sets of curves: what they depend on, kills, damage, the challenge's text files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.challenge_files import names_2024, read_challenge, write_challenge
from harness.tasks.echo.curves import CurveSet, read_curves, write_curves
from harness.tasks.echo.generate import computed, generate
from harness.tasks.echo.labels import GAUSS_PRIOR
from harness.tasks.echo.offsets import OffsetLine
from harness.tasks.echo.recipe import RECIPES, CurveRecipe, named_recipe

SMALL = CurveRecipe("small", 250, 7, side=6, plan=EchoPlan(delay=20.0))
SCRIPT = """
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.generate import generate
from harness.tasks.echo.recipe import CurveRecipe
if __name__ == "__main__":
    recipe = CurveRecipe("killed", 1500, 8, side=12, plan=EchoPlan(delay=100.0))
    generate(recipe, {folder!r}, 1, lambda done, total: print(done, flush=True))
"""


def test_curves_depend_on_seed_and_number_alone() -> None:
    assert SMALL.system(17) == SMALL.with_(count=5000).system(17)
    assert SMALL.system(17) != SMALL.with_(seed=8).system(17)
    labels = np.stack([SMALL.labels(k) for k in range(250)])
    assert labels[17, 0] == SMALL.system(17).strength
    assert 10.0 ** -labels[17, 3] == SMALL.system(17).dissipation
    np.testing.assert_allclose(SMALL.prior.to_unit(labels).mean(0), 0.5, atol=0.06)


def test_recipes_share_no_system() -> None:
    """But the larger set of the challenge, which begins with the smaller one."""
    smaller, larger = RECIPES["challenge"], RECIPES["challenge-32000"]
    assert larger.system(9_999) == smaller.system(9_999)
    seeds = {recipe.seed for recipe in RECIPES.values()}
    assert len(seeds) == len(RECIPES) - 1


def test_recipes_as_plain_values() -> None:
    noisy = SMALL.with_(noise=0.01, coupling="secular", line=OffsetLine("gauss"), prior=GAUSS_PRIOR, family="gauss")
    for recipe in (noisy, *RECIPES.values()):
        assert CurveRecipe.from_dict(json.loads(json.dumps(recipe.as_dict()))) == recipe


def test_generation(tmp_path: Path) -> None:
    made = generate(SMALL, tmp_path / "a", workers=1)
    assert made.m.shape == (250, 30)
    assert not (tmp_path / "a" / "shards").exists()
    again = generate(SMALL, tmp_path / "b", workers=2)
    assert (tmp_path / "a" / "curves.h5").read_bytes() == (tmp_path / "b" / "curves.h5").read_bytes()
    np.testing.assert_array_equal(made.m, again.m)
    np.testing.assert_array_equal(computed(SMALL, range(100, 200)).m, made.m[100:200])
    with pytest.raises(InputError, match="another recipe"):
        generate(SMALL.with_(seed=9), tmp_path / "a", workers=1)


def test_killed_generation_is_taken_up(tmp_path: Path) -> None:
    script = tmp_path / "generation.py"
    script.write_text(SCRIPT.format(folder=str(tmp_path / "killed")))
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=env)
    assert child.stdout is not None
    while int(child.stdout.readline()) < 300:
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    shards = list((tmp_path / "killed" / "shards").glob("shard-*.h5"))
    assert 3 <= len(shards) < 15
    ages = {path.name: path.stat().st_mtime_ns for path in shards}
    recipe = CurveRecipe("killed", 1500, 8, side=12, plan=EchoPlan(delay=100.0))
    time.sleep(0.5)  # the worker of a killed parent ends within that time
    seen: list[int] = []
    generate(recipe, tmp_path / "killed", 1, lambda done, total: seen.append(done))
    assert seen[0] >= 100 * len(ages)
    generate(recipe, tmp_path / "whole", 1)
    assert (tmp_path / "killed" / "curves.h5").read_bytes() == (tmp_path / "whole" / "curves.h5").read_bytes()


def test_damage_is_noticed(tmp_path: Path) -> None:
    curves = computed(SMALL, range(3))
    write_curves(tmp_path / "curves.h5", curves)
    content = bytearray((tmp_path / "curves.h5").read_bytes())
    place = content.find(np.float32(np.real(curves.m)[0, 5]).tobytes())
    content[place] ^= 1
    (tmp_path / "curves.h5").write_bytes(bytes(content))
    with pytest.raises(InputError, match="checksum differs"):
        read_curves(tmp_path)
    (tmp_path / "curves.h5").write_bytes(b"text")
    with pytest.raises(InputError, match="truncated or damaged"):
        read_curves(tmp_path)


def test_noise_has_the_size_that_is_named() -> None:
    clean, noisy = computed(SMALL, range(50)), computed(SMALL.with_(noise=0.01), range(50))
    difference = noisy.m - clean.m
    assert np.std(np.real(difference)) == pytest.approx(0.01, rel=0.05)
    assert np.std(np.imag(difference)) == pytest.approx(0.01, rel=0.05)


class TestChallengeFiles:
    def test_round_trip(self, tmp_path: Path) -> None:
        curves = computed(SMALL, range(4))
        write_challenge(tmp_path, curves)
        assert (tmp_path / "mat_info.txt").read_text().splitlines()[0].count("\t") == 3
        back = read_challenge(tmp_path, SMALL)
        np.testing.assert_allclose(back.m, curves.m, atol=1e-8)
        np.testing.assert_allclose(back.known_labels(), curves.known_labels(), atol=1e-7)

    def test_names_of_2024(self, tmp_path: Path) -> None:
        recipe = SMALL.with_(prior=GAUSS_PRIOR, family="gauss")
        write_challenge(tmp_path, computed(recipe, range(2)), names_2024("gauss"))
        assert (tmp_path / "gauss_echos_model_i.txt").is_file()
        assert read_challenge(tmp_path, recipe, names_2024("gauss")).known_labels().shape == (2, 3)

    def test_without_labels(self, tmp_path: Path) -> None:
        curves = computed(SMALL, range(2))
        write_challenge(tmp_path, CurveSet(curves.m, None, curves.recipe))
        back = read_challenge(tmp_path, SMALL)
        assert back.labels is None
        with pytest.raises(InputError, match="a score needs them"):
            back.known_labels()

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("echos_i.txt", None, "no such file; real and imaginary"),
            ("echos_i.txt", "0 0\n", "where echos_r.txt has 2 × 30"),
            ("echos_r.txt", "0 1\n0\n", "row 2 has 1 numbers, where row 1 has 2"),
            ("echos_r.txt", "", "no numbers"),
            ("echos_r.txt", "0 zero\n", "not a number"),
            ("mat_info.txt", "0.1 5 3\n0.1 5 3\n", "3 columns, where 4 are due"),
            ("mat_info.txt", "0.1 5 3 4\n", "1 rows for 2 curves"),
            ("mat_info.txt", "0.1 5 3 4\n0.1 -5 3 4\n", "row 2, xi = -5 is not between 0 and 20"),
            ("mat_info.txt", "0.1 5 3 4\n0.1 nan 3 4\n", "xi = nan"),
        ],
    )
    def test_refusals(self, tmp_path: Path, name: str, content: str | None, message: str) -> None:
        write_challenge(tmp_path, computed(SMALL, range(2)))
        (tmp_path / name).unlink()
        if content is not None:
            (tmp_path / name).write_text(content)
        with pytest.raises(InputError, match=message):
            read_challenge(tmp_path, SMALL)

    @pytest.mark.parametrize(
        ("change", "message"),
        [(np.nan, "curve 2, sample 4 is not finite"), (0.7, "curve 2, sample 4: |M| = 0.7 is larger than 0.5")],
    )
    def test_values(self, tmp_path: Path, change: float, message: str) -> None:
        curves = computed(SMALL, range(2))
        m = curves.m.copy()
        m[1, 3] = change
        write_challenge(tmp_path, CurveSet(m, curves.labels, curves.recipe))
        with pytest.raises(InputError) as caught:
            read_challenge(tmp_path, SMALL)
        assert message in str(caught.value)

    def test_another_length(self, tmp_path: Path) -> None:
        write_challenge(tmp_path, computed(SMALL, range(2)))
        with pytest.raises(InputError, match="30 samples in a curve, where 471 are due"):
            read_challenge(tmp_path, named_recipe("challenge"))
