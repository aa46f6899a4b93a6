"""``python -m harness.nightly.guarded COMMAND …``: runs a command that must end when the process that started it ends.

Standard input is a pipe whose other end the starter holds and never writes to. When the starter ends, by whatever
signal, the pipe closes, and the command is killed with all its descendants. Exit status: that of the command, or 128 +
the number of the signal that ended it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path


def descendants(root: int) -> list[int]:
    """Process ids of all descendants of ``root`` now, from /proc; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found, queue = [], [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def kill_below(root: int) -> None:
    """SIGKILL to every descendant of ``root``."""
    for process in descendants(root):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run ``command`` under guard."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def watch() -> None:
        while os.read(0, 1):
            pass
        kill_below(os.getpid())
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    status = process.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
