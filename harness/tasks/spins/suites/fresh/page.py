"""The page of the suite fresh."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, page_of

LAYOUT = Layout(
    "Systems drawn for this run alone",
    "Is the subject as right on systems whose answers no cache holds?",
    ("error of M on fresh systems over that on cached ones",),
    (),
    (),
    (
        "Twelve molecules and eighteen chains are drawn anew in every run (--fresh-seed repeats them) and judged by "
        "the targets of the cached cases. A subject that recites the cache and guesses the rest is the control, and "
        "misses.",
    ),
)

present = partial(page_of, LAYOUT)
