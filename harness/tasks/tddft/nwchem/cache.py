"""Answers of NWChem on disk: those that come with the package, and a user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.bridge.entry_file import BLOCK, CacheFault, EntryFormat
from harness.bridge.folders import checked_content
from harness.bridge.pins import Pins
from harness.bridge.recorded import Recorded, RecordedEntries
from harness.tasks.tddft.nwchem.older import SIGNATURE, older_entry

HERE = Path(__file__).parents[1]
PACKAGED = HERE / "nwchem_cache"


class AnswerEntries(RecordedEntries):
    """One file for each request; files of the first format are read too."""

    format = EntryFormat("tddft-nwchem", 2)
    pins = Pins(HERE / "nwchem_cache.sha256", lambda: PACKAGED)

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """One entry, checked; raises :class:`CacheFault` for a file that is not one, or has another name."""
        content = checked_content(path, cls.pins)
        if not content[:BLOCK].startswith(SIGNATURE):
            return super().read(path)
        entry = older_entry(content, str(path))
        if path.name != cls.name_of(entry):
            raise CacheFault(f"cache file {path}: its name does not fit its content; remove it")
        return replace(entry, path=path)
