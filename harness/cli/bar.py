"""Progress bars on stderr with rate and remaining time; nothing is printed without a terminal."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType


class Bar:
    """One bar whose title may change: a new title starts a new bar."""

    def __init__(self, title: str) -> None:
        self._title, self._bar = title, None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def show(self, fraction: float, text: str = "", title: str | None = None) -> None:
        """Move the bar to ``fraction`` (0 … 1) of the work named by ``title``."""
        from tqdm import tqdm

        if title is not None and title != self._title:
            self._close()
            self._title = title
        if self._bar is None:
            size = shutil.get_terminal_size()
            self._bar = tqdm(
                total=100.0,
                desc=self._title,
                file=sys.stderr,
                disable=None,
                # A pseudo-terminal may report 0 columns and lines; then 80 and 24 are used.
                ncols=min(120, size.columns - 1),
                nrows=size.lines,
                bar_format="{desc} {percentage:5.1f}% |{bar:24}| {elapsed}<{remaining}{postfix}",
            )
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(100 * fraction - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
