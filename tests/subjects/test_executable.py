"""Programs as subjects: the documented format, and every way to break it."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.errors import InputError
from harness.subjects import load_subject
from harness.subjects.format import BadResult, format_of
from harness.subjects.requests import request_of, results_of, systems_of
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import TimeGrid, chain, load_molecule

GRID = TimeGrid(12, 1e-4)
SPINS = format_of("spins")
TWO = chain([10.0, -35.0], 7.0)
EXAMPLES = [
    TWO,
    chain([5.0, 5.0, 5.0], 3.0),
    *(load_molecule(name, "gissmo").at(14.1) for name in ("glycine", "alanine", "valine", "isoleucine")),
    load_molecule("glycine-13c").at(14.1),
]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "your-own-surrogate.md"
WRITE = "import json, sys; json.dump({}, open(sys.argv[2], 'w'))"
RESULT = "import json, sys; json.dump(dict(schema='harness-result-1', trajectories={}), open(sys.argv[2], 'w'))"


def program(folder: Path, code: str, name: str = "program") -> str:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)


def test_the_documented_program_works_and_is_short(tmp_path: Path) -> None:
    code = next(block for block in blocks("python") if block.startswith("#!"))
    assert len(code.splitlines()) < 30
    subject = load_subject(program(tmp_path, code.partition("\n")[2]))
    assert subject.kind == "executable"
    found = [answer.trajectory for answer in subject.answers(EXAMPLES, GRID)]
    assert all(predicted is not None and predicted.i1z is None for predicted in found)
    check_weak_coupling([predicted.m for predicted in found])


def test_the_documented_object_works_and_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = next(block for block in blocks("python") if "class WeakCoupling" in block)
    assert len(code.splitlines()) < 30
    (tmp_path / "my_surrogate.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    subject = load_subject("my_surrogate:WeakCoupling")
    found = [answer.trajectory for answer in subject.answers(EXAMPLES, GRID)]
    subject.close()
    check_weak_coupling([predicted.m for predicted in found])


def check_weak_coupling(found: list[np.ndarray]) -> None:
    """Multiplets of the first order, without any couplings inside CH3 and CH2: what the harness's formula says."""
    weak = reference("weak-coupling")
    for system, m in zip(EXAMPLES, found, strict=True):
        np.testing.assert_allclose(m, weak.simulate(system, GRID, ("m",)).m, atol=1e-12)
    t = GRID.times_s
    textbook = np.mean([np.exp(2j * np.pi * f * t) * np.cos(np.pi * 7 * t) for f in TWO.offsets_hz], axis=0)
    np.testing.assert_allclose(found[0], textbook, atol=1e-12)


def test_the_example_of_the_readme_looks_at_the_observed_isotope_only() -> None:
    readme = (DOCS.parents[1] / "README.md").read_text(encoding="utf-8")
    code = next(block for block in re.findall(r"```python\n(.*?)```", readme, re.S) if "def no_couplings" in block)
    made: dict[str, Any] = {}
    exec(code, made)
    glycine = load_molecule("glycine-13c").at(14.1, {"1H": 3.0, "13C": 40.0})
    predicted = made["no_couplings"](glycine, GRID)
    uncoupled = glycine.with_(couplings_hz=np.zeros((3, 3)))
    np.testing.assert_allclose(
        predicted["mx"] + 1j * predicted["my"], reference("exact").simulate(uncoupled, GRID, ("m",)).m, atol=1e-12
    )


def test_the_documented_request_and_result_are_real() -> None:
    request, result = (json.loads(block) for block in blocks("json"))
    systems, grid = systems_of(request, SPINS.codec)
    assert request_of(systems, grid, SPINS.codec) == request
    assert set(results_of(json.dumps(result).encode(), 1, SPINS)[0]) == {"mx", "my", "i1z"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit('out of memory')", "the program ended with exit status 1: out of memory"),
        ("import os; os.kill(os.getpid(), 9)", "the program died with SIGKILL"),
        ("pass", "wrote no result file"),
        ("import time; time.sleep(60)", "gave no result within 1 s"),
        (WRITE.format("{}"), "schema None"),
        (RESULT.format("[]"), "0 trajectories, 1 wanted"),
        (RESULT.format("[{'mx': [1], 'my': [0]}]"), "mx: wrong shape (1,)"),
        (RESULT.format("[{'mx': 'a', 'my': [0]}]"), "a list of numbers"),
        (RESULT.format("[{'mx': [float('nan')]*12, 'my': [0]*12}]"), "nan"),
        ("import sys; open(sys.argv[2], 'wb').write(b'\\xff' * 99)", "not JSON"),
    ],
)
def test_a_bad_program_is_a_problem_of_one_line(tmp_path: Path, code: str, words: str) -> None:
    answer = load_subject(program(tmp_path, code), limit_s=1.0 if "sleep" in code else 30.0).answer(TWO, GRID)
    assert answer.trajectory is None
    assert words in answer.problem
    assert "\n" not in answer.problem


def test_a_program_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello", encoding="utf-8")
    with pytest.raises(InputError, match="not executable"):
        load_subject(str(tmp_path / "text"))
    (tmp_path / "text").chmod(0o755)
    assert "could not be started" in load_subject(str(tmp_path / "text")).answer(TWO, GRID).problem


def test_malformed_results_are_refused_by_name_never_by_traceback() -> None:
    """Two thousand damaged result files."""
    good = json.dumps({"schema": "harness-result-1", "trajectories": [{"mx": [1.0, 0.5], "my": [0.0, 0.1]}]})
    rng = random.Random(7)
    refused = 0
    for _ in range(2000):
        damaged = list(good)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(damaged))
            damaged[at] = rng.choice(["", "x", "{", "]", "1e999", "null", "-", '"', "\\", "NaN", "\x00"])
        try:
            results_of("".join(damaged).encode(), 1, SPINS)
        except BadResult as error:
            refused += "\n" not in str(error)
    assert refused > 1500
