"""Trajectories on disk: every base step of velocity Verlet, from which jumps of any k are cut."""

from harness.tasks.kstep.data.generate import generate
from harness.tasks.kstep.data.job import Job
from harness.tasks.kstep.data.pairs import Jumps, cut, read_trajectory

__all__ = ["Job", "Jumps", "cut", "generate", "read_trajectory"]
