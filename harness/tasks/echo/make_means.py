"""Make the stored means anew: ``python -m harness.tasks.echo.make_means FILE``; some ten minutes on one core."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.tasks.echo.draws import MeanCurve, draws_of
from harness.tasks.echo.means import AVERAGED, STORED_DRAWS, write_means
from harness.tasks.echo.plan import CHALLENGE


def main(path: Path) -> None:
    """Simulate :data:`STORED_DRAWS` draws of every system of :data:`AVERAGED`, and write their means."""
    write_means(path, {one.fingerprint: MeanCurve.of(draws_of(one, CHALLENGE, STORED_DRAWS)) for one in AVERAGED})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
