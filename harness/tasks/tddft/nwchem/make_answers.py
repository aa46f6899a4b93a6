"""Make the packaged answers anew: ``python -m harness.tasks.tddft.nwchem.make_answers FOLDER PINS``; needs NWChem.

Entries that are in the folder already are left as they are. Writes the file of pins at the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.bridge.pins import pins_of
from harness.durable import write_text
from harness.tasks.tddft.nwchem.cache import AnswerEntries
from harness.tasks.tddft.nwchem.cases import packaged_requests
from harness.tasks.tddft.nwchem.live import NWChemProgram


def main(folder: Path, pins: Path) -> None:
    """Run NWChem on every request that has no entry."""
    entries = AnswerEntries((folder,))
    for request in packaged_requests():
        if not (folder / f"{request.key}.h5").exists():
            entries.store(NWChemProgram(request).run(request.recorded))
    write_text(pins, pins_of(folder))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
