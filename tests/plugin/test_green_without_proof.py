"""Attacks on the verdict: none of them ends with status 0, and the first line says what was not judged."""

from __future__ import annotations

import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.bridge.forging import forged
from tests.plugin.running import REPO, Ran, command, environment, run

pytestmark = pytest.mark.xdist_group("green-without-proof")

ONE = "chain-2-strong-draw-1"
SKIPS = f'''
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        if "{ONE}" not in item.nodeid:
            item.add_marker(pytest.mark.skip(reason="somebody else's"))
'''
FAILS_EXPECTED = f'''
import pytest

def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "{ONE}" in item.nodeid]
    for item in items:
        item.add_marker(pytest.mark.xfail(strict=False))
'''
IGNORES = '''
def pytest_ignore_collect(collection_path):
    return collection_path.name.startswith("test_") and collection_path.name != "test_fresh.py" or None

def pytest_collection_modifyitems(items):
    items[:] = items[:1]
'''


def attack(folder: Path, *more: str, plugin: str = "", subject: str = "exact", **variables: str) -> Ran:
    """The main job on ``exact`` against Spinach, with a plugin or variables that take something out of it."""
    given = ["harness/", "--validate-against", "spinach", "--subject", subject, *more]
    if plugin:
        (folder / "cheating_plugin.py").write_text(plugin, encoding="utf-8")
        variables["PYTHONPATH"] = f"{REPO}:{folder}"
        given += ["-p", "cheating_plugin"]
    return run(folder, *given, cwd=REPO, **variables)


@pytest.mark.parametrize(
    ("more", "plugin", "variables"),
    [
        (("-k", ONE), "", {}),
        ((), "", {"PYTEST_ADDOPTS": f"-k {ONE}"}),
        (("-o", f"addopts=--import-mode=importlib -k {ONE}"), "", {}),
        (("-o", "python_files=test_fresh.py", "-o", "python_functions=test_molecules"), "", {}),
        (("--ignore-glob=*test_[!f]*.py",), "", {}),
        ((), SKIPS, {}),
        ((), FAILS_EXPECTED, {}),
        ((), IGNORES, {}),
    ],
    ids=["k", "environment", "ini", "names of files", "ignore", "skips", "expected failures", "ignored by a plugin"],
)
def test_what_was_left_out_is_partial(tmp_path: Path, more, plugin: str, variables: dict[str, str]) -> None:
    ran = attack(tmp_path, *more, plugin=plugin, **variables)
    assert ran.status == 6, ran.out
    headline = ran.report.headline
    assert headline.startswith("PARTIAL: "), headline
    assert "PASS" not in headline
    assert "conservation" in headline
    assert not ran.report.complete
    assert ran.report.verdict == "incomplete"
    named = {one["test"] for one in ran.report.context.options["plan"]["missing"]}
    assert "harness.suites.accuracy.test_accuracy::test_case[spinach-chain-10-draw-1]" in named


def test_the_recorded_command_shows_where_an_option_came_from(tmp_path: Path) -> None:
    ran = attack(tmp_path, PYTEST_ADDOPTS=f"-k {ONE}")
    stated = ran.report.context.command
    assert f"PYTEST_ADDOPTS='-k {ONE}'" in stated
    assert f"HARNESS_CACHE={tmp_path / 'no-cache'}" in stated
    assert "addopts=--strict-markers" in stated
    assert f"--fresh-seed {ran.report.context.options['fresh_seed']}" in stated


@pytest.mark.parametrize("option", ["--collect-only", "--help", "--version", "--setup-plan", "--fixtures"])
def test_an_option_that_runs_nothing_must_stand_on_the_command_line(tmp_path: Path, option: str) -> None:
    ran = attack(tmp_path, PYTEST_ADDOPTS=option)
    assert ran.status == 4
    assert f"{option} comes from PYTEST_ADDOPTS or an ini file" in ran.out


def test_collecting_alone_is_no_success(tmp_path: Path) -> None:
    ran = attack(tmp_path, "--collect-only")
    assert ran.status == 6
    assert "PARTIAL: nothing was judged" in ran.out


QUICK = f"(test_fresh and not live) or {ONE} or test_case and glycine.gissmo-9.4T"


@pytest.mark.parametrize(
    ("subject", "status", "words"),
    [
        ("recites_and_refuses", 6, ("PARTIAL", "not for me")),
        ("recites_and_guesses", 1, ("FAIL", "fresh")),
        ("glycine_only", 6, ("PARTIAL", "glycine, please")),
        ("crashes_by_a_like_name", 1, ("ERROR", "raised InputErrorOfMyOwn")),
    ],
)
def test_subjects_that_cheat(tmp_path: Path, subject: str, status: int, words: tuple[str, ...]) -> None:
    ran = attack(tmp_path, "-k", QUICK, subject=f"tests.plugin.cheats:{subject}")
    assert ran.status == status, ran.out
    assert "PASS" not in ran.report.headline
    for word in words:
        assert word in ran.report.headline
    if subject == "recites_and_guesses":
        missed = {r.target.name for r in ran.report.records if r.suite == "fresh" and r.verdict == "fail"}
        assert {"chain_rmse", "over_cached"} <= missed
        of_spinach = [r for r in ran.report.records if r.suite == "spinach" and r.target and r.expected == "meet"]
        assert all(record.verdict == "pass" for record in of_spinach), "what it recites is right"


@pytest.mark.parametrize(("subject", "lacking"), [("Undeclared", True), ("Declared", False)])
def test_outputs_are_left_out_only_where_that_was_declared(tmp_path: Path, subject: str, lacking: bool) -> None:
    ran = attack(tmp_path, "-k", f"test_case and {ONE}", subject=f"tests.plugin.cheats:{subject}")
    plan = ran.report.context.options["plan"]
    here = [one for one in plan["missing"] if one["test"].endswith(f"test_case[spinach-{ONE}]")]
    assert bool(here) == lacking
    assert ("the subject declares no I1z(t)" in plan["excluded"]) != lacking


def test_the_seed_of_fresh_systems_is_new_in_every_run_and_repeats_them(tmp_path: Path) -> None:
    def numbers(folder: str, *more: str) -> tuple[int, list[float]]:
        (tmp_path / folder).mkdir()
        ran = attack(tmp_path / folder, "-k", "test_fresh and test_chains", *more, subject="pair-product")
        stated = [r.measurement.value for r in ran.report.records if r.target]
        return ran.report.context.options["fresh_seed"], stated

    seed, first = numbers("first")
    other, second = numbers("second")
    assert seed != other
    assert first != second
    assert numbers("again", "--fresh-seed", str(seed)) == (seed, first)


def test_optimised_python_refuses_the_same(tmp_path: Path) -> None:
    """``python -O`` strips assertions: nothing that a verdict hangs on is one."""
    quiet = ("-W", "ignore::pytest.PytestConfigWarning")  # pytest warns of -O, and warnings are errors in a checkout
    line = command(tmp_path, "harness/", "--validate-against", "spinach", "--subject", "nobody", *quiet)
    done = subprocess.run(
        [line[0], "-O", *line[1:]], cwd=REPO, env=environment(tmp_path), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 4
    assert "subject 'nobody' is unknown" in done.stderr


@pytest.fixture(scope="module")
def copy_of_the_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose shipped files may be changed."""
    root = tmp_path_factory.mktemp("checkout")
    skipped = shutil.ignore_patterns("__pycache__")
    for name in ("harness", "molecules", "matlab", "configs", "spinach_cache"):
        shutil.copytree(REPO / name, root / name, ignore=skipped)
    return root


def in_copy(root: Path, folder: Path, *more: str, **variables: str) -> Ran:
    given = ["harness/suites/accuracy", "--validate-against", "spinach", "--subject", "exact", *more]
    return run(folder, *given, cwd=root, PYTHONPATH=str(root), **variables)


def entry_of(root: Path, case: str) -> Path:
    from harness.tasks.spins.spinach import SpinachCache
    from harness.tasks.spins.suites.truth import planned_cases

    found = SpinachCache((root / "spinach_cache",)).find(planned_cases()[case].request)
    assert found is not None
    assert found.path is not None
    return found.path


def test_a_missing_entry_shows_by_name(copy_of_the_package: Path, tmp_path: Path) -> None:
    gone = entry_of(copy_of_the_package, ONE)
    content = gone.read_bytes()
    gone.unlink()
    try:
        ran = in_copy(copy_of_the_package, tmp_path, "-k", "chain-2-strong")
    finally:
        gone.write_bytes(content)
    assert ran.status == 6, ran.out
    named = {one["test"] for one in ran.report.context.options["plan"]["missing"]}
    assert f"harness.suites.accuracy.test_accuracy::test_case[spinach-{ONE}]" in named
    assert "harness.suites.accuracy.test_accuracy::test_case[spinach-chain-2-strong-draw-2]" not in named


@pytest.mark.parametrize("damage", ["other numbers, a fitting checksum", "a changed byte"])
def test_a_packaged_entry_that_is_not_the_pinned_one_is_refused(
    copy_of_the_package: Path, tmp_path: Path, damage: str
) -> None:
    """The file is named and never used, and the next case is judged as if nothing had happened."""
    path = entry_of(copy_of_the_package, ONE)
    content = path.read_bytes()
    flipped = content[:-100] + bytes([content[-100] ^ 1]) + content[-99:]
    changed = forged(path) if damage.startswith("other") else flipped
    path.write_bytes(changed)
    try:
        ran = in_copy(copy_of_the_package, tmp_path, "-k", f"test_case and ({ONE} or chain-2-strong-draw-2)")
    finally:
        left = path.read_bytes()
        path.write_bytes(content)
    assert ran.status == 1
    judged = {r.measurement.case: r.judgement for r in ran.report.records if r.target}
    assert judged[ONE].verdict == "error"
    assert f"{path.name}: is not the entry that comes with this package" in judged[ONE].message
    assert judged["chain-2-strong-draw-2"].verdict == "pass"
    assert left == changed


def test_without_the_folder_of_the_cache_there_is_one_line(copy_of_the_package: Path, tmp_path: Path) -> None:
    folder, aside = copy_of_the_package / "spinach_cache", tmp_path / "aside"
    shutil.move(folder, aside)
    try:
        ran = in_copy(copy_of_the_package, tmp_path)
    finally:
        shutil.move(aside, folder)
    assert ran.status == 4
    assert "INTERNALERROR" not in ran.out
    assert "spinach_cache/ is missing in" in ran.out
    assert "git checkout -- spinach_cache" in ran.out


def test_a_forged_entry_of_the_user_does_not_shadow_the_packaged_one(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    theirs = entry_of(REPO, ONE)
    (mine / theirs.name).write_bytes(forged(theirs))
    ran = attack(tmp_path, "-k", f"test_case and {ONE}", HARNESS_CACHE=str(mine))
    judged = [r for r in ran.report.records if r.target]
    assert {r.verdict for r in judged} == {"pass"}
    stated = {r.measurement.reference_provenance["details"]["cache_folder_kind"] for r in judged}
    assert stated == {"packaged"}


def test_answers_of_the_users_own_cache_are_named_as_such(copy_of_the_package: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    theirs = entry_of(copy_of_the_package, ONE)
    shutil.move(theirs, mine / theirs.name)
    try:
        ran = in_copy(copy_of_the_package, tmp_path, "-k", f"test_case and {ONE}", HARNESS_CACHE=str(mine))
    finally:
        shutil.move(mine / theirs.name, theirs)
    stated = f"Answers of Spinach from the user's own cache {mine}, which nothing pins: 1"
    assert stated in ran.report.headline
    assert stated in unescape((ran.folder / "report.html").read_text(encoding="utf-8"))
    details = next(r.measurement.reference_provenance["details"] for r in ran.report.records if r.target)
    assert (details["cache_folder_kind"], details["cache_folder"]) == ("user", str(mine))


def test_a_second_run_into_a_report_folder_is_refused(tmp_path: Path) -> None:
    first = attack(tmp_path, "-k", f"test_case and {ONE}")
    before = {path.name: path.read_bytes() for path in first.folder.iterdir() if path.is_file()}
    second = attack(tmp_path, "-k", f"test_case and {ONE}", subject="weak-coupling")
    assert second.status == 4
    assert f"--report-dir '{first.folder}': is not empty (the report of an earlier run)" in second.out
    assert "name another folder" in second.out
    assert {path.name: path.read_bytes() for path in first.folder.iterdir() if path.is_file()} == before
    assert ".lock" not in before


def test_a_run_that_is_going_on_keeps_its_folder(tmp_path: Path) -> None:
    from harness.durable import lock

    with lock(tmp_path / "run"):
        ran = attack(tmp_path, "-k", ONE)
        assert ran.status == 4
        assert "is in use by process" in ran.out
    assert {path.name for path in (tmp_path / "run").iterdir()} == {".lock"}
    after = attack(tmp_path, "-k", f"test_case and {ONE}")
    assert after.status == 6, "a lock whose owner is gone keeps nobody out"
