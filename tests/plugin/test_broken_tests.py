"""A test that breaks outside its body leaves a record, and the run fails by its records as well as by pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.running import MINI, run

HEAD = MINI.partition("def test_good")[0]
SETUP = HEAD + '''
@pytest.fixture
def broken():
    raise OSError("no such thing")

def test_one(verdict, broken):
    verdict.check(number(1e-3), "chain_rmse")
'''
TEARDOWN = HEAD + '''
@pytest.fixture
def broken():
    yield
    raise OSError("no such thing")

def test_one(verdict, broken):
    verdict.check(number(1e-3), "chain_rmse")
'''
OF_A_MODULE = HEAD + '''
@pytest.fixture(scope="module")
def broken():
    raise OSError("no such thing")

def test_one(broken, verdict):
    verdict.check(number(1e-3), "chain_rmse")
'''


@pytest.mark.parametrize(
    ("text", "when", "judged"),
    [(SETUP, "setup", 0), (TEARDOWN, "teardown", 1), (OF_A_MODULE, "setup", 0)],
    ids=["set-up", "tear-down", "set-up of a module"],
)
def test_a_fixture_that_breaks_is_a_record(tmp_path: Path, text: str, when: str, judged: int) -> None:
    (tmp_path / "test_broken.py").write_text(text, encoding="utf-8")
    ran = run(tmp_path, "test_broken.py", "--validate-against", "exact", "--subject", "exact")
    assert ran.status == 1
    broken = [record for record in ran.report.records if record.verdict == "error"]
    assert [record.judgement.message for record in broken] == [f"the test's {when} raised OSError: no such thing"]
    assert len(ran.report.records) == judged + 1
    assert ran.report.verdict == "fail"


FAILED_ASSERTION = HEAD + '''
@pytest.fixture
def broken():
    yield
    assert 3 == 4

def test_one(verdict, broken):
    verdict.check(number(1e-3), "chain_rmse")
    assert 1 == 2
'''


def test_an_assertion_that_fails_is_reported_without_the_name_of_its_exception(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text(FAILED_ASSERTION, encoding="utf-8")
    ran = run(tmp_path, "test_broken.py", "--validate-against", "exact", "--subject", "exact")
    assert ran.status == 1
    assert [record.judgement.message for record in ran.report.records if record.verdict == "error"] == [
        "the test raised assert 1 == 2", "the test's teardown raised assert 3 == 4"
    ]  # fmt: skip
