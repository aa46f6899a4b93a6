"""Subjects that would rather run code in the judge, or seem quicker; ``ATTACK_FILE`` names the file they write."""

from __future__ import annotations

import gc
import io
import os
import pickle
import time

import numpy as np


class Payload:
    """Writes the number of the process that unpickles it."""

    def __reduce__(self):
        code = "import os\nwith open({!r}, 'a') as file:\n    print(os.getpid(), file=file)"
        return exec, (code.format(os.environ["ATTACK_FILE"]),)


class Text(str):
    """A string that is more when it is unpickled."""

    def __reduce__(self):
        return Payload().__reduce__()


class Numbers(np.ndarray):
    """An array that is more when it is unpickled."""

    def __reduce__(self):
        return Payload().__reduce__()


def right(system, grid):
    return {"mx": np.ones(grid.points), "my": np.zeros(grid.points)}


class CraftedVersion:
    version = Text("1.0")

    def simulate(self, system, grid):
        return right(system, grid)


def crafted_array(system, grid):
    return {"mx": np.ones(grid.points).view(Numbers), "my": np.zeros(grid.points).view(Numbers)}


def crafted_object(system, grid):
    return Payload()


def crafted_exception(system, grid):
    raise ValueError(Text("no"), Payload())


def sink():
    """The pipe to the judge, which foreign code can find."""
    writers = [thing for thing in gc.get_objects() if isinstance(thing, io.BufferedWriter) and not thing.closed]
    return next(thing for thing in writers if thing.fileno() > 2)


def says(payload: bytes):
    """A subject that sends these bytes instead of its answer, and then waits."""

    def subject(system, grid):
        os.write(sink().fileno(), len(payload).to_bytes(8, "big") + payload)
        time.sleep(600)

    return subject


def pickles(system, grid):
    return says(pickle.dumps({"results": [right(system, grid)], "wall_s": 1e-9, "more": Payload()}))(system, grid)


huge = says(b"x" * 10)
no_object = says(b"[1, 2]")
deep = says(b"[" * 100_000)
wrong_count = says(b'{"results": []}')
wrong_row = says(b'{"results": [7]}')
unknown_array = says(b'{"results": [{"given": ["mz"], "details": {}}]}')
twice = says(b'{"results": [{"given": ["mx", "mx"], "details": {}}]}')
wrong_details = says(b'{"results": [{"given": ["mx", "my"], "details": {"a": {"b": 1}}}]}')


def too_long(system, grid):
    os.write(sink().fileno(), (1 << 62).to_bytes(8, "big"))
    time.sleep(600)


def closes_its_pipe(system, grid):
    os.close(sink().fileno())
    time.sleep(600)


def escapes(system, grid):
    raise ValueError("\x1b[2Jred\x07 \x00alarm")


SLEEP_S = 0.2


def stops_the_clock(system, grid):
    """Slow, with every clock of its process stopped."""
    time.sleep(SLEEP_S)
    time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0  # type: ignore[assignment]
    return right(system, grid)


def false_time(system, grid):
    """Slow, and reports another time in every place where one could stand."""
    import harness.subjects.worker as worker

    time.sleep(SLEEP_S)
    honest = worker.encoded

    def encoded(rows):
        message, raw = honest(rows)
        return {**message, "wall_s": 1e-9, "wall": 1e-9, "seconds": 1e-9}, raw

    worker.encoded = encoded
    return right(system, grid)
