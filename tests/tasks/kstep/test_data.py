"""Trajectories on disk: what a kill leaves, bytes, jumps that are exact, and the split in time."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.data import Job, cut, generate, read_trajectory
from harness.tasks.kstep.data.pairs import PARTS, read_set
from tests.tasks.kstep.examples import needs

needs("rdkit", "gfnff")

JOB = Job(("methanol", "ethanol"), trajectories=2, steps=60, force="mmff", seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("set")
    generate(JOB, place)
    return place


def test_a_killed_job_goes_on_to_the_same_bytes(folder, tmp_path):
    """SIGKILL in the middle of the work, twice; the files are those of a job that was never killed."""
    code = (
        "from pathlib import Path; from harness.tasks.kstep.data import Job, generate; import sys, json;"
        "generate(Job.from_dict(json.loads(sys.argv[2])), Path(sys.argv[1]))"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path), json.dumps(JOB.as_dict())]
    for due in (1, 2):
        child = subprocess.Popen(arguments, env=os.environ | {"OMP_NUM_THREADS": "1"})
        while child.poll() is None and len(list(tmp_path.glob("*.h5"))) < due:
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        child.wait()
    generate(JOB, tmp_path)
    files = sorted(path.name for path in tmp_path.glob("*.h5"))
    assert files == [shard.file for shard in sorted(JOB.shards(), key=lambda shard: shard.file)]
    for name in files:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert not list(tmp_path.glob(".*.part"))


def test_more_trajectories_leave_the_first_ones_as_they_are(folder, tmp_path):
    """The seed of a trajectory depends on its molecule and number alone."""
    generate(Job(("ethanol",), trajectories=3, steps=60, force="mmff", seed=3), tmp_path)
    one, other = (read_trajectory(place / "ethanol-0001.h5") for place in (folder, tmp_path))
    assert np.array_equal(one.positions_nm, other.positions_nm)


def test_a_folder_of_another_job_is_refused(folder):
    with pytest.raises(InputError, match="another data set"):
        generate(Job(("methanol",), trajectories=2, steps=61, force="mmff", seed=3), folder)


@pytest.mark.parametrize("k", [4, 8])
def test_jumps_are_what_k_base_steps_make_of_a_state(folder, k):
    trajectory = read_trajectory(folder / "methanol-0000.h5")
    jumps = cut(trajectory, k)
    assert jumps.tau_ps == pytest.approx(k * 0.25e-3)
    ends = jumps.positions_nm + jumps.tau_ps * jumps.velocities_nm_ps + jumps.position_residuals_nm
    assert np.allclose(ends[:-k], jumps.positions_nm[k:], atol=1e-15)
    assert np.allclose(jumps.velocities_nm_ps[:-k] + jumps.velocity_changes_nm_ps[:-k], jumps.velocities_nm_ps[k:])
    centre = trajectory.molecule.masses_da @ jumps.positions_nm / trajectory.molecule.masses_da.sum()
    assert np.abs(centre).max() < 1e-12  # the frame of the centre of mass


def test_no_frame_is_in_both_parts(folder):
    trajectory = read_trajectory(folder / "methanol-0000.h5")
    training, validation = (cut(trajectory, 4, part) for part in PARTS)
    last, first = training.positions_nm[-1], validation.positions_nm[0]
    where = [int(np.argmin(np.abs(trajectory.positions_nm - x).sum(axis=(1, 2)))) for x in (last, first)]
    assert where[0] + 4 < where[1]


def test_a_set_is_read_only_when_it_is_whole(folder, tmp_path):
    training, validation, temperature = read_set(folder, 4)
    assert (len(training), len(validation), temperature) == (4, 4, 300.0)
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    with pytest.raises(InputError, match="0 of 4 trajectories"):
        read_set(tmp_path, 4)
    with pytest.raises(InputError, match=r"no manifest\.json"):
        read_set(tmp_path / "none", 4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"molecules": ()}, "at least one"),
        ({"molecules": ("ethanol", "ethanol")}, "twice"),
        ({"molecules": ("ethnol",)}, "did you mean 'ethanol'"),
        ({"force": "gfn1"}, "known: xtb, mmff, gfn-ff"),
        ({"steps": 0}, "steps = 0"),
        ({"temperature_k": 0.0}, "temperature 0 K"),
        ({"dt_ps": 0.002}, "base time step 2 fs"),
    ],
)
def test_jobs_that_cannot_be_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        Job(**{"molecules": ("ethanol",)} | values)


def test_jumps_longer_than_the_trajectory_are_refused(folder):
    with pytest.raises(InputError, match="generate longer trajectories"):
        cut(read_trajectory(folder / "methanol-0000.h5"), 60)
