"""A production code for tests: a program of ten lines that computes a deposit with interest, year by year.

It is everything that a task has to give for a new production code: engines, and a class of entries with its format.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from harness.bridge.engine import CALL_LIMIT_S, Availability, EngineFault, ResultFault
from harness.bridge.entry_file import EntryFormat
from harness.bridge.process import RunningProcess, run_limited
from harness.bridge.recorded import Recorded, RecordedEntries, Request

PROGRAM = """
import json, sys, time
asked = json.loads(sys.argv[1])
time.sleep(asked.get("seconds", 0))
if asked["rate"] < 0:
    raise SystemExit("error: the rate is negative")
deposit = [1.0]
for year in range(asked["years"]):
    deposit.append(deposit[-1] * (1 + asked["rate"]))
print(json.dumps(deposit[: asked.get("printed")]))
"""


class Bank:
    """Runs the program with the Python of the tests, or says that there is none."""

    name = "bank-program"

    def __init__(self, executable: str = sys.executable) -> None:
        self.executable = executable
        self.runs = 0
        self._running = RunningProcess()

    def probe(self) -> Availability:
        if Path(self.executable).is_file():
            return Availability(True, "1.0")
        return Availability(False, reason=f"{self.executable} is not there: install Python")

    def run(self, request: Request, limit_s: float = CALL_LIMIT_S) -> Recorded:
        self.runs += 1
        argv = [self.executable, "-c", PROGRAM, json.dumps(dict(request.fields))]
        done = run_limited(argv, limit_s, running=self._running)
        if done.timed_out:
            raise EngineFault(f"the bank gave no result within {limit_s:g} s and was killed")
        if done.status != 0:
            raise EngineFault(f"the bank ended early ({done.ending}): {done.last_message}")
        deposit = np.array(json.loads(done.stdout))
        if len(deposit) != request.fields["years"] + 1:
            raise ResultFault(f"the bank gave {len(deposit)} values where {request.fields['years'] + 1} are due")
        return Recorded(request, {"deposit": deposit}, {"version": "1.0", "seconds": done.wall_s})

    def close(self) -> None:
        """Nothing is kept."""

    def abort(self) -> None:
        self._running.kill()


class BankEntries(RecordedEntries):
    """Its results on disk."""

    format = EntryFormat("bank-entry", 1)
