"""Write ``molecules/library.jsonl`` from the spin matrices of the whole GISSMO library.

    python tools/gissmo/make_library.py SPIN_MATRICES.json

SPIN_MATRICES.json is a map from entry to ``{name, shifts_ppm: {atom: ppm}, couplings_hz: [[atom, atom, Hz], …]}``. No
number is changed: each is printed as the shortest decimal that reads back as the same float. Atoms keep their numbers
as labels and their order; couplings name spins by their place in that order, the smaller first, and are sorted.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[2] / "molecules" / "library.jsonl"
HEAD = {
    "schema": "spin-library-1",
    "licence": "CC BY-SA 4.0",
    "attribution": "H. Dashti et al., Anal. Chem. 89, 12201 (2017) and 90, 10646 (2018); spectra: BMRB",
    "doi": "10.1021/acs.analchem.8b02660",
    "provenance": "GISSMO -> AI4DBiological-Systems/PublicNMRData (commit 670b3ff) -> tools/gissmo/make_library.py",
}
SUFFIX = re.compile(r"_(simulation_\d+|alpha|beta|mod|Govindaraju_2000)$")


def row(key: str, content: dict[str, Any]) -> dict[str, Any]:
    """One system as a row of the file."""
    match = SUFFIX.search(key)
    if match is None:
        raise ValueError(f"{key}: no known suffix names the system of the entry")
    atoms = list(content["shifts_ppm"])
    atoms.sort(key=int)
    place = {atom: number for number, atom in enumerate(atoms)}
    pairs = [[*sorted((place[a], place[b])), value] for a, b, value in content["couplings_hz"] if value != 0]
    return {
        "entry": key[: match.start()],
        "system": match.group(1),
        "name": content.get("name", ""),
        "labels": atoms,
        "shifts_ppm": [content["shifts_ppm"][atom] for atom in atoms],
        "couplings_hz": sorted(pairs),
    }


def text(rows: list[dict[str, Any]]) -> str:
    """The file: a head with the checksum of all that follows it, then one line per system."""
    body = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in rows)
    head = {**HEAD, "systems": len(rows), "sha256": hashlib.sha256(body.encode()).hexdigest()}
    return json.dumps(head, ensure_ascii=False) + "\n" + body


def main(path: str) -> None:
    """Read, convert, write."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    TARGET.write_text(text([row(key, content[key]) for key in sorted(content)]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
