"""SIGKILL at random moments of generation and training. Three here; fifty: see the head of kills.py."""

import runpy
from pathlib import Path


def test_killed_jobs_end_in_the_same_bytes(tmp_path):
    torture = runpy.run_path(str(Path(__file__).with_name("kills.py")))["torture"]
    hit, rounds, different = torture(tmp_path, kills=3)
    assert hit.total() == 3
    assert rounds >= 1
    assert not different
