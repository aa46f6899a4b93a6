"""Command lines made of hostile words: a status of 0, 1 or 2, no traceback, no hang, and no number that is none."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from harness.cli import main
from tests.fuzz.mutations import EACH

LONGEST_S = 30.0
WORDS = (
    "nan", "inf", "-inf", "1e999", "-1", "0", "1", "2", "1e-320", "1e308", "1e12", "-0.0", "9" * 400, "9" * 20, "true",
    "", " ", "\u202e", "é", "../../x", "/", ".", "x" * 300, "1_000", "0x1F", "4,6", ",", "--", "-", "=", "13C=", "=1",
    "1H=nan", "a\nb", "%s", "{}", "$(id)", "*",
)  # fmt: skip
SIMULATE = {
    "--method": (
        "exact",
        "krylov",
        "chebyshev",
        "typicality",
        "cluster",
        "pair-product",
        "weak-coupling",
        "rk4",
        "dense",
    ),
    "--field-t": ("14.1", "9.4", "600", "1e6"),
    "--carrier-ppm": ("2.6", "1H=3"),
    "--points": ("1", "2", "300", "1000000000"),
    "--dt-s": ("1e-4", "1e-6", "1e9", "1e-15"),
    "--t2-s": ("0.5", "1e-12", "1e12"),
    "--size": ("2", "5", "9"),
    "--tolerance": ("1e-6", "1e-14", "0.5"),
    "--source": ("gissmo",),
    "--out": ("a.csv", "a.json", "a.jdx", "none/a.csv", "a.csv.json"),
    "--spectrum": (None,),
    "--json": (None,),
}
CONVERT = {
    "--source": ("gissmo",),
    "--matrix": ("1",),
    "--field-t": ("14.1",),
    "--points": ("300",),
    "--dt-s": ("1e-4",),
}
DATA = {"--sizes": ("99",), "--without": ("spinach", "cheap"), "--out": ("d",), "--workers": ("1",)}
TRAIN = {"--preset": ("none",), "--sizes": ("99",), "--epochs": ("1",), "--seed": ("1",), "--threads": ("1",)}
VERBS = (
    (("simulate", "alanine"), SIMULATE),
    (("simulate", "glycine-13c"), SIMULATE),
    (("convert", "alanine", "a.m"), CONVERT),
    (("data", "brief", "--sizes", "98"), DATA),  # a size that no part has: nothing is generated
    (("train", "fno", "--sizes", "98"), TRAIN),
    (("cache", "list"), {"--role": ("chain",)}),
    (("cache", "show"), {}),
)


def command_line(seed: int) -> list[str]:
    """A verb with some options, each with a usual or a hostile value; some words may be in excess."""
    generator = random.Random(seed)
    verb, options = generator.choice((*VERBS[:2] * 3, *VERBS))
    words = list(verb)
    for option in generator.sample(sorted(options), min(len(options), generator.randrange(5))):
        value = generator.choice(options[option]) if generator.random() < 0.6 else generator.choice(WORDS)
        words += [option] if value is None or options[option] == (None,) else [option, value]
    if generator.random() < 0.15:
        words.insert(generator.randrange(1, len(words) + 1), generator.choice(WORDS))
    return words


@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(0)
def test_command_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = {0: 0, 1: 0, 2: 0}
    for seed in range(4 * EACH):
        words = command_line(seed)
        began = time.process_time()  # of this process: a busy machine is no hang
        try:
            with pytest.raises(SystemExit) as stopped:
                main(words)
        except BaseException as error:
            pytest.fail(f"seed {seed}, {words}: {type(error).__name__}: {str(error)[:300]}", pytrace=False)
        printed = capsys.readouterr()
        assert time.process_time() - began < LONGEST_S, f"seed {seed} hangs: {words}"
        status = int(stopped.value.code or 0)
        assert status in ended, f"seed {seed}: {words}"
        ended[status] += 1
        assert "Traceback" not in printed.err, f"seed {seed}: {words}"
        if status == 0:
            files = [path for path in tmp_path.glob("a.*") if path.suffix in (".csv", ".json")]
            retained = "".join(path.read_text("utf-8") for path in files)
            assert not re.search(r"(?i)\b(nan|inf|infinity)\b", printed.out + retained), f"seed {seed}: {words}"
        else:
            assert printed.err.strip(), f"seed {seed} ends without a word: {words}"
    assert ended[0] > EACH / 4, "some command lines are in order"
    assert ended[2] > EACH, "most are not"
