"""Whatever ends a verb early is one line with place and remedy, a status above 0, and no loss of what was computed."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cli import main
from harness.durable import Unwritable, check_file, check_folder, json_text, lock, write_text, writing
from harness.errors import InputError

HARNESS = [sys.executable, "-c", "from harness.cli import main; main()"]
GRID = ["--points", "4"]


def ended(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Status, stdout and stderr of a call in this process."""
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return int(stopped.value.code or 0), printed.out, printed.err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("verb", ["simulate", "convert", "compare", "data"])
def test_a_file_that_cannot_be_written_is_one_line_and_the_numbers_are_retained(
    number: int, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    status, out, err = ended(capsys, *{
        "simulate": ("simulate", "alanine", *GRID, "--out", tmp_path / "a.json"),
        "convert": ("convert", "alanine", tmp_path / "a.sxml"),
        "compare": ("compare", "exact", "pair-product", "--select", "alanine", "--out", tmp_path / "c"),
        "data": ("data", "brief", "--without", "spinach", "--sizes", "4", "--out", tmp_path / "d"),
    }[verb])  # fmt: skip
    assert status == 2
    lines = [line for line in err.splitlines() if line.startswith("harness: ")]
    assert len(lines) == 1
    assert str(tmp_path) in lines[0]
    assert "choose another folder" in lines[0]
    if verb == "simulate":
        assert out.startswith("t_s,mx,my,i1z\n0.0,")
    if verb == "compare":
        assert "pair-product" in out
    assert not list(tmp_path.rglob("*.part")), "nothing half-written is left"


@pytest.mark.parametrize("verb", ["data", "train", "compare", "benchmark", "nightly"])
@pytest.mark.parametrize("kind", ["file", "below a file", "long name"])
def test_output_folders_are_checked_before_anything_is_computed(
    verb: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    places = {"file": "file", "below a file": "file/x", "long name": "n" * 300}
    place = tmp_path / places[kind]
    arguments = {
        "data": ("data", "full", "--out", place),
        "train": ("train", "spin-graph", "--out", place),
        "compare": ("compare", "exact", "--out", place),
        "benchmark": ("benchmark", "references", "--out", place),
        "nightly": ("nightly", "--work-dir", tmp_path / "work", "--reports-dir", place),
    }[verb]
    began = time.monotonic()
    status, _, err = ended(capsys, *arguments)
    assert time.monotonic() - began < 10, "these verbs take minutes to hours"
    assert status == 2
    assert len(err.strip().splitlines()) == 1
    assert "choose" in err or "shorten it" in err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder.csv", "is a folder; name a file in it"),
        ("none/a.csv", "there is no folder"),
        ("file/a.csv", "a part of this path is a file"),
        ("n" * 296 + ".csv", "choose a shorter one"),
        ("n" * 249 + ".csv", "choose a shorter one"),  # its companion .csv.json would be too long
    ],
)
def test_output_files_are_checked_too(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    Path("file").write_text("")
    status, out, err = ended(capsys, "simulate", "alanine", *GRID, "--out", name)
    assert (status, out) == (2, "")
    assert words in err


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("n" * 255), "whole")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["whole"]


def test_paths_with_a_null_byte_are_refused() -> None:
    for check in (check_file, check_folder):
        with pytest.raises(Unwritable, match="null"):
            check("a\0b")


@pytest.mark.parametrize("words", ["errno = 28, error message = 'No space'", "I/O error: (os error 28)"])
def test_libraries_that_spell_the_number_are_understood(words: str, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="the disk is full"), writing(tmp_path / "a.h5"):
        raise RuntimeError(words)


def test_faults_of_the_program_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "a"):
        raise ZeroDivisionError
    with pytest.raises(InputError, match=r"^mine$"), writing(tmp_path / "a"):
        raise InputError("mine")


def test_a_lock_that_is_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(Unwritable, match="is a folder, where a file is due"), lock(tmp_path):
        pass


@pytest.mark.parametrize(("error", "words"), [(MemoryError(), "out of memory"), (RecursionError(), "too deeply")])
def test_memory_and_recursion_are_one_line(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from harness.cli import cli

    def fail(**options: object) -> None:
        raise error

    monkeypatch.setattr(cli, "main", fail)
    status, _, err = ended(capsys, "doctor")
    assert status == 2
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_standard_output_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*HARNESS, "simulate", "alanine", *GRID], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "harness: standard output: the disk is full: make room, or choose another folder\n"


def test_a_reader_that_goes_away_is_one_line_and_a_status() -> None:
    child = subprocess.Popen(
        [*HARNESS, "simulate", "alanine", "--points", "60000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    err = child.stderr.read().decode()
    child.stderr.close()
    assert child.wait(60) == 141
    assert err == "harness: standard output was closed by its reader before everything was printed\n"


@pytest.mark.parametrize(("number", "status", "word"), [("SIGTERM", 143, "terminated"), ("SIGINT", 130, "interrupted")])
def test_signals_end_with_a_message_and_a_status(number: str, status: int, word: str, tmp_path: Path) -> None:
    # A shell that runs the tests in its background has its children ignore SIGINT: undo that first.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from harness.cli import main; main()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, "data", "full", "--without", "spinach", "--workers", "1", "--out", str(tmp_path)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("shards/shard-*.h5")) and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(getattr(signal, number))
    _, err = child.communicate(timeout=60)
    assert child.returncode == status
    assert err.strip() == f"harness: {word}; what was finished is not lost"
    assert list(tmp_path.glob("shards/shard-*.h5"))
    assert not list(tmp_path.rglob(".*.part"))


@pytest.mark.parametrize(("number", "status", "word"), [("SIGTERM", 143, "terminated"), ("SIGINT", 130, "interrupted")])
def test_a_signal_in_a_finaliser_ends_the_program(number: str, status: int, word: str) -> None:
    """Python drops what is raised in ``__del__``; the signal must end the program nevertheless."""
    code = (
        "import signal, sys, time\n"
        "from harness.cli.ends import ends\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Last:\n"
        "    def __del__(self):\n"
        f"        signal.raise_signal(signal.{number})\n"
        "        time.sleep(0.01)\n"
        "with ends() as end:\n"
        "    last = Last()\n"
        "    del last\n"
        "    time.sleep(30)\n"
        "sys.exit(end.status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == status, done.stderr
    assert done.stderr.strip() == f"harness: {word}; what was finished is not lost"


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("simulate", "alanine", "--points", "3", "--points", "4"), "--points"),
        (("simulate", "alanine", "--json", "--json"), "--json"),
        (("benchmark", "references", "--peers", "--no-peers"), "--peers"),
        (("cache", "list", "--role", "chain", "--role", "ring"), "--role"),
        (("fit", "x", "--molecule", "a", "--molecule", "b"), "--molecule"),
    ],
)
def test_an_option_that_cannot_be_repeated_is_refused(
    arguments: tuple[str, ...], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = ended(capsys, *arguments)
    assert (status, out) == (2, "")
    assert f"{option} is given twice; keep one" in err


def test_options_that_can_be_repeated_still_can(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ended(
        capsys, "simulate", "glycine-13c", "--carrier-ppm", "3.0", "--carrier-ppm", "13C=40", *GRID, "--json"
    )
    assert status == 0
    assert json.loads(out)["carrier_ppm"] == {"13C": 40.0, "1H": 3.0}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_json_never_holds_what_is_no_number(value: float) -> None:
    with pytest.raises(InputError, match=r"result\['rows'\]\[1\]\['x'\] = "):
        json_text({"rows": [{"x": 1.0}, {"x": value}]})
