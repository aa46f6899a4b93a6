"""What a path is that is not a 1D Bruker experiment: one sentence, with what to give instead."""

from __future__ import annotations

from pathlib import Path

_FILES = {
    ".jdf": "JEOL data (.jdf)",
    ".fdf": "an image of Varian (.fdf)",
    ".dx": "a JCAMP-DX file",
    ".jdx": "a JCAMP-DX file",
    ".nmrml": "an nmrML file",
    ".mnova": "a file of Mnova",
    ".ft1": "an NMRPipe spectrum",
    ".ft2": "an NMRPipe spectrum",
    ".1d": "a Magritek file (.1d)",
    ".zip": "an archive, to be unpacked first",
}
_MARKS = {
    "procpar": "Varian or Agilent data (procpar); only 1D Bruker FIDs are read",
    "data.1d": "Magritek data (data.1d); only 1D Bruker FIDs are read",
    "1r": "processed Bruker data (1r), without the FID; give the experiment's folder, two levels up",
    "2rr": "a processed two-dimensional Bruker spectrum (2rr); only 1D Bruker FIDs are read",
    "ser": "a Bruker measurement of two or more dimensions (ser); only 1D Bruker FIDs are read",
}


def reason(path: Path) -> str:
    """Why ``path`` is not the folder of a 1D Bruker experiment, or '' if it holds ``fid`` and ``acqus``.

    Only names are checked; no file is opened.
    """
    if not path.exists():
        return "there is no such folder"
    if not path.is_dir():
        if path.name in ("fid", "acqus", "ser"):
            return f"is a file; give the folder that it is in, {str(path.parent)!r}"
        return f"is {_FILES.get(path.suffix.lower(), 'a file')}; give the folder of a 1D Bruker experiment"
    there = {child.name for child in path.iterdir()}
    present = [name for name in ("fid", "acqus") if (path / name).is_file()]
    if len(present) == 2:
        return ""
    for mark, words in _MARKS.items():
        if mark in there:
            return f"is {words}"
    if (path / "fid").is_dir():
        return f"'fid' is a folder in it; give {str(path / 'fid')!r} if the measurement is there"
    inside = sorted(name for name in there if (path / name / "acqus").is_file())
    if inside:
        return f"holds experiments ({', '.join(inside[:8])}); give one of them, {str(path / inside[0])!r}"
    missing = "acqus" if present == ["fid"] else "fid"
    return f"there is no file {missing!r} in it; give the folder of a 1D Bruker experiment"
