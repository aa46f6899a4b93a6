"""Mean curves over draws: the median error on stored means, and the error at labels that are drawn for this run."""

from __future__ import annotations

from dataclasses import replace

from harness.tasks.echo.suites import means
from harness.tasks.echo.suites.sizes import DECIDING_MEANS, SIZES

SUITE = "means"
UNDECIDED = f"{{}} labels may not decide; the nightly tier judges this with {DECIDING_MEANS} or more"


def test_stored(subject, verdict):
    verdict.check(means.stored_median(subject), "median")


def test_fresh(subject, run_options, verdict):
    """Judged where the labels of the tier can decide it; otherwise recorded, and the stored means decide."""
    sizes = SIZES[run_options.tier]
    for one, target in means.fresh(subject, sizes.means, run_options.fresh_seed):
        if not target:
            verdict.info(one)
        elif sizes.decides_means:
            verdict.check(one, target)
        else:
            verdict.info(replace(one, note=f"{one.note}; {UNDECIDED.format(sizes.means)}"))


def test_control(verdict):
    """Spins that do not feel each other must miss."""
    verdict.control(means.stored_median(means.UNCOUPLED), "median")
