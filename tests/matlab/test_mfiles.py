"""Our m-files: their own test blocks, run by Octave, and the house style, checked by reading them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness.tasks.spins.spinach.mfiles import matlab_folder, mfiles_hash
from harness.tasks.spins.spinach.octave_batch import FLAGS

FOLDER = matlab_folder()
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.m"))
TESTED = [name for name in FILES if re.search(r"^%!", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)]
SCRIPTS = [name for name in FILES if name.endswith("_main.m") or name in ("harness_main.m", "harness_script.m")]
METHODS = ["octave/missing/@table/subsref.m", "octave/missing/@table/subsasgn.m", "octave/missing/@table/size.m"]
FUNCTIONS = [name for name in FILES if name not in SCRIPTS]

RUN_TESTS = """
addpath('.'); harness_octave();
names=strsplit(getenv('HARNESS_FILES'),':');
for n=1:numel(names)
    [passed,total]=test(names{n},'quiet');
    printf('RESULT %s %d %d\\n',names{n},passed,total);
end
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    """Passed and total test blocks of every file, from one Octave process."""
    import os

    script = tmp_path_factory.mktemp("octave") / "run_tests.m"
    script.write_text(RUN_TESTS)
    done = subprocess.run(
        ["octave-cli", *FLAGS, str(script)],
        cwd=FOLDER,
        env={**os.environ, "HARNESS_FILES": ":".join(TESTED)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = re.findall(r"^RESULT (\S+) (\d+) (\d+)$", done.stdout, re.MULTILINE)
    assert found, done.stderr
    return {name: (int(passed), int(total)) for name, passed, total in found}


@pytest.mark.octave
@pytest.mark.parametrize("name", TESTED)
def test_blocks_pass(results: dict[str, tuple[int, int]], name: str) -> None:
    passed, total = results[name]
    assert total > 0
    assert passed == total


def test_every_compatibility_function_has_tests() -> None:
    """gpuArray refuses everything, and table's methods are tested in its constructor's file."""
    without = [name for name in FILES if name.startswith("octave/") and name not in TESTED]
    assert without == [
        "octave/missing/@table/size.m",
        "octave/missing/@table/subsasgn.m",
        "octave/missing/@table/subsref.m",
        "octave/missing/@table/vertcat.m",
        "octave/missing/gpuArray.m",
    ]


@pytest.mark.parametrize("name", FILES)
def test_house_style_of_the_header(name: str) -> None:
    """A comment block first: what it is for; functions say their syntax, inputs and outputs."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    header = re.match(r"(?:%.*\n)+", text)
    assert header is not None, "the file starts with its header"
    if name in FUNCTIONS and "@table/" not in name:
        for part in ("Syntax", "Inputs", "utputs" if "Inputs and outputs" in header[0] else "Outputs"):
            assert part in header[0], part
    assert max(len(line) for line in text.splitlines()) <= 110


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n.count("/") == 0])
def test_house_style_of_the_validation(name: str) -> None:
    """Functions with arguments end with a function that checks them, called first."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    arguments = re.search(r"^function\s.*?(\((.*?)\))?\s*$", text, re.MULTILINE)
    assert arguments is not None
    if not arguments[2]:
        return
    assert "% Consistency enforcement\nfunction grumble(" in text
    last = [match[0] for match in re.finditer(r"^function.*$", text, re.MULTILINE)][-1]
    assert last.startswith("function grumble(")


@pytest.mark.parametrize("name", [n for n in FILES if not n.startswith("octave/") and "_used" not in n])
def test_shared_files_use_what_both_languages_have(name: str) -> None:
    """No Octave-only syntax in files that MATLAB runs too: comments, strings, operators, block ends, indexing."""
    code = re.sub(r"^%.*$", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    code = re.sub(r"%.*$", "", code, flags=re.MULTILINE)
    code = re.sub(r"'[^'\n]*'", "''", code)
    for pattern in (r"#", r"\"", r"\bend(if|for|while|function|switch)\b", r"\+\+|\+=|!=|!\w", r"\bprintf\(", r"\)\("):
        assert not re.search(pattern, code), pattern


def test_no_m_file_evaluates_text_or_calls_a_shell() -> None:
    for name in FILES:
        code = re.sub(r"%.*$", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        found = re.findall(r"\b(eval|evalc|evalin|assignin|system|unix|shell_cmd|popen|dos)\s*\(", code)
        assert found == [], name


def test_the_hash_covers_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from harness.tasks.spins.spinach import mfiles

    copy = tmp_path / "matlab"
    shutil.copytree(FOLDER, copy)
    monkeypatch.setattr(mfiles, "matlab_folder", lambda: copy)
    assert mfiles_hash() == mfiles.mfiles_hash()
    before = mfiles.mfiles_hash()
    with (copy / "octave" / "missing" / "pad.m").open("a") as handle:
        handle.write(" ")
    assert mfiles.mfiles_hash() != before
