"""Writes harness/tasks/spins/spinach/spinach_cache.sha256: run it after entries were added to spinach_cache/, and
commit both.

Every entry is read and checked before it is pinned; where its numbers come from is for the reviewer of the commit.
"""

from __future__ import annotations

from harness.bridge.pins import pins_of
from harness.durable import write_text
from harness.resources import shared_folder
from harness.tasks.spins.spinach.entry import from_bytes
from harness.tasks.spins.spinach.manifest import PINS


def main() -> None:
    """Check and pin every entry of the packaged folder."""
    folder = shared_folder("spinach_cache")
    for path in sorted(folder.glob("*.h5")):
        from_bytes(path.read_bytes(), str(path), path)
    write_text(PINS.file, pins_of(folder))
    print(f"{PINS.file}: {len(PINS.digests)} entries pinned")


if __name__ == "__main__":
    main()
