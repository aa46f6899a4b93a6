"""A disk that fills up in the middle of a run: the verdict is told, one line says what was refused, status 4."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from tests.plugin.running import REPO, command, environment


@pytest.mark.parametrize("most_bytes", [2_000, 60_000])
def test_a_disk_that_fills_up_ends_in_one_line(tmp_path: Path, most_bytes: int) -> None:
    """No file may grow beyond ``most_bytes``: first the journal is refused, then junit.xml and the report."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    suite = "harness/tasks/spins/suites/fresh/test_fresh.py"
    words = command(tmp_path, suite, "--validate-against", "exact", "--subject", "exact")
    done = subprocess.run(
        words, cwd=REPO, env=environment(tmp_path), capture_output=True, text=True, timeout=300, check=False,
        preexec_fn=limited,
    )  # fmt: skip
    assert done.returncode == 4, done.stdout[-2000:] + done.stderr[-2000:]
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "exact against" in done.stdout, "the verdict is told"
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("NO WHOLE REPORT")]
    assert "larger than this system allows" in line
    assert "report: " not in done.stdout
