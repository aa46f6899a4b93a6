"""Answers of NWChem on disk: those that come with the package, and a user's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.tasks.tddft.nwchem.answer import Answer, read_answer
from harness.tasks.tddft.nwchem.request import Request

FOLDER_VARIABLE = "HARNESS_CACHE"
PACKAGED = Path(__file__).parents[1] / "nwchem_cache"


@dataclass(frozen=True)
class AnswerCache:
    """Folders of answers, the user's first; new ones go to the user's."""

    user: Path
    packaged: Path = PACKAGED

    @classmethod
    def open(cls, folder: str | Path | None = None) -> AnswerCache:
        """The cache of ``folder``, else of HARNESS_CACHE, else spin-harness/ in the user's cache folder."""
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        named = folder or os.environ.get(FOLDER_VARIABLE) or Path(base).expanduser() / "spin-harness"
        return cls(Path(named).expanduser() / "nwchem")

    def find(self, request: Request) -> Answer | None:
        """The answer of exactly this request, checked; None if there is none.

        Raises
        ------
        InputError
            If the file is damaged, or holds the answer of another request.
        """
        for folder in (self.user, self.packaged):
            path = folder / f"{request.key}.h5"
            if path.is_file():
                answer = read_answer(path)
                if answer.request.key != request.key:
                    raise InputError(
                        f"cached answer {path}: is of another request ({answer.request.system.name}): delete it"
                    )
                return answer
        return None

    def store(self, answer: Answer) -> Path:
        """Write an answer to the user's folder."""
        path = self.user / f"{answer.request.key}.h5"
        answer.write(path)
        return path

    def paths(self) -> list[Path]:
        """Every file, the user's first; of two with one name only the user's."""
        found = {path.name: path for folder in (self.packaged, self.user) for path in sorted(folder.glob("*.h5"))}
        return list(found.values())

    def faults(self) -> list[str]:
        """A line for every file that cannot be used."""
        lines = []
        for path in self.paths():
            try:
                answer = read_answer(path)
            except InputError as error:
                lines.append(str(error))
                continue
            if f"{answer.request.key}.h5" != path.name:
                lines.append(f"cached answer {path}: its name is not the key of its request: delete it")
        return lines
