"""Make the stored answers anew: ``python -m harness.tasks.echo.make_answers [FILE]``; some minutes of Octave."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.tasks.echo.cases import CASES
from harness.tasks.echo.octave import simulate_octave
from harness.tasks.echo.stored import PACKAGED, store_answers


def main(path: Path = PACKAGED) -> None:
    """Run the Octave program on every case and store what it computed."""
    curves, engine = [], ""
    for system, plan in CASES:
        found, engine = simulate_octave([system], plan)
        curves.append(found[0])
    store_answers(path, CASES, curves, engine)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
