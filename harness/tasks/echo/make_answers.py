"""Make the stored curves anew: ``python -m harness.tasks.echo.make_answers FOLDER PINS``; some minutes of Octave."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.bridge.pins import pins_of
from harness.durable import write_text
from harness.tasks.echo.cases import CASES
from harness.tasks.echo.octave import OctaveProgram, request_of
from harness.tasks.echo.reference import EchoEntries


def main(folder: Path, pins: Path) -> None:
    """Run the Octave program on every case, store what it computed in ``folder``, and write the file of pins."""
    entries, program = EchoEntries((folder,)), OctaveProgram()
    for system, plan in CASES:
        entries.store(program.run(request_of(system, plan)))
    write_text(pins, pins_of(folder))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
