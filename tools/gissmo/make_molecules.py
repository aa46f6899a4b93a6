"""Write ``molecules/*.gissmo.toml`` from the GISSMO spin matrices and the labels next to this file.

No number is changed: shifts and couplings are printed as the shortest decimal that reads back as the same float.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PLACEHOLDERS_HZ = (-12.4, -12.5, -15, -16)

# Both sentences of this head are true of every entry; what differs is in the tables.
SOURCE = """\
[source]
id = "GISSMO {bmrb}"
doi = "10.1021/acs.analchem.7b02884"
licence = "CC BY-SA 4.0"
attribution = "H. Dashti et al., Anal. Chem. 89, 12201 (2017) and 90, 10646 (2018); spectrum: BMRB {bmrb}"
provenance = "GISSMO -> AI4DBiological-Systems/PublicNMRData (commit 670b3ff) -> tools/gissmo/make_molecules.py"
"""


def couplings_of(entry: dict[str, Any], label_of: dict[int, str]) -> dict[frozenset[str], float]:
    """Couplings in Hz by pair of labels."""
    return {frozenset((label_of[i], label_of[j])): float(value) for i, j, value in entry["J_hz"]}


def coupling_lines(labels: list[str], groups: dict[str, list[str]], pairs: dict[frozenset[str], float]) -> dict:
    """Couplings as the file has them: one line per pair of groups where that loses nothing, else per pair of labels."""
    member = {label: group for group, members in groups.items() for label in members}
    units = list(dict.fromkeys(member.get(label, label) for label in labels))
    lines: dict[str, float] = {}
    for one, two in combinations_with_replacement(units, 2):
        keys = dict.fromkeys(
            (a, b)
            for a in groups.get(one, [one])
            for b in groups.get(two, [two])
            if labels.index(a) < labels.index(b) or (one != two)
        )
        values = {(a, b): pairs.get(frozenset((a, b))) for a, b in keys}
        present = {key: value for key, value in values.items() if value is not None}
        if not present:
            continue
        rest = dict(present)
        if len(present) == len(values):
            common, times = Counter(present.values()).most_common(1)[0]
            if times > 1 or len(present) == 1:
                lines[f"{one} {two}"] = common
                rest = {key: value for key, value in present.items() if value != common}
        for (a, b), value in rest.items():
            # A pair of label and whole group overrides as well, but pairs of labels say what differs.
            lines[f"{a} {b}"] = value
    return lines


def molecule_toml(what: dict[str, Any], entry: dict[str, Any]) -> str:
    """The whole text of one molecule file."""
    atoms: dict[str, int] = what["atoms"]
    groups: dict[str, list[str]] = what.get("groups", {})
    labels = list(atoms)
    if sorted(atoms.values()) != sorted(map(int, entry["chemical_shift_ppm"])):
        raise ValueError(f"{what['key']}: the labels do not cover the atoms of the entry, each once")
    member = {label: group for group, members in groups.items() for label in members}
    lines = coupling_lines(labels, groups, couplings_of(entry, {atom: label for label, atom in atoms.items()}))
    status: dict[str, list[str]] = {
        key: ["placeholder", ""] for key, value in lines.items() if value in PLACEHOLDERS_HZ
    } | what.get("status", {})
    text = [f"# {note}" for note in what.get("notes", [])]
    text += [
        'schema = "spin-molecule-1"',
        f'name = "{what["name"]}"',
        f'smiles = "{what["smiles"]}"',
        f'tagged_spin = "{labels[0]}"',
        "",
        "[conditions]",
        'solvent = "D2O"',
        "pH = 7.4",
        'reference = "DSS"',
        f"exchanged = {json.dumps(what['exchanged'])}",
    ]
    for label, atom in atoms.items():
        shift = float(entry["chemical_shift_ppm"][str(atom)])
        text += ["", "[[spin]]", f'label = "{label}"', 'isotope = "1H"', f"shift_ppm = {shift!r}"]
        if label in member:
            text.append(f'group = "{member[label]}"')
    text += ["", "[couplings_hz]", *(f'"{key}" = {value!r}' for key, value in lines.items())]
    text += ["", SOURCE.format(bmrb=entry["bmrb"]).rstrip()]
    if status:
        text += ["", "[source.status]"]
        for key, (word, why) in status.items():
            text.append(f'"{key}" = "{word}"' + (f"  # {why}" if why else ""))
    return "\n".join(text) + "\n"


def all_files() -> dict[str, str]:
    """File name -> text, for every molecule in ``labels.toml``."""
    entries = json.loads((HERE / "spin_matrices.json").read_text(encoding="utf-8"))
    wanted = tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))
    return {f"{name}.gissmo.toml": molecule_toml(what, entries[what["key"]]) for name, what in wanted.items()}


def main() -> int:
    """Write every file into ``molecules/``."""
    folder = HERE.parents[1] / "molecules"
    for name, text in all_files().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
