"""The folder of one run: it belongs to one run while that is in progress, and nothing in it is ever overwritten."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from harness.durable import lock
from harness.errors import InputError

LOCK = ".lock"


class ReportFolder:
    """A claimed folder: ``path`` is absolute; other runs are refused until :meth:`release`."""

    def __init__(self, path: Path, holding: ExitStack) -> None:
        self.path = path.absolute()
        self._holding = holding

    @classmethod
    def named(cls, path: Path, option: str = "--report-dir") -> ReportFolder:
        """The folder that ``option`` names on the command line; it is made if it is not there.

        Raises
        ------
        InputError
            If it cannot be made, belongs to a run that is in progress, or is not empty.
        """
        holding = ExitStack()
        try:
            path.mkdir(parents=True, exist_ok=True)
            holding.enter_context(lock(path))
        except OSError as error:
            raise InputError(f"{option} {str(path)!r}: cannot be made ({error.strerror})") from None
        if there := sorted(one.name for one in path.iterdir() if one.name != LOCK):
            holding.close()
            (path / LOCK).unlink(missing_ok=True)
            known = "the report of an earlier run" if "records.json" in there else ", ".join(there[:3])
            raise InputError(
                f"{option} {str(path)!r}: is not empty ({known}), and nothing is overwritten: name another folder, "
                "or empty this one"
            )
        return cls(path, holding)

    @classmethod
    def new(cls, name: str, within: Path = Path("reports")) -> ReportFolder:
        """A folder ``<time>-<name>`` that was not there before."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
        plain = "".join(c if c.isalnum() or c in "-._" else "-" for c in name)
        for attempt in range(1, 1000):
            path = within / (f"{stamp}-{plain}" + (f"-{attempt}" if attempt > 1 else ""))
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise InputError(f"{path}: cannot be made ({error.strerror}); use --report-dir") from None
            holding = ExitStack()
            holding.enter_context(lock(path))
            return cls(path, holding)
        raise InputError(f"{within}/: no free name for this run; name a folder with --report-dir")

    def release(self) -> None:
        """Let other runs use the folder; may be called again."""
        with suppress(OSError):
            (self.path / LOCK).unlink(missing_ok=True)
        self._holding.close()
