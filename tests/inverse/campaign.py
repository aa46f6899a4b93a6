"""Many synthetic spectra, and molecules that are not there: how often is a fit right, and does it know when it is not?

    python -m tests.inverse.campaign --spectra 200 --seed 0
    python -m tests.inverse.campaign --wrong

Spectrum k is of the k-th molecule of the list, seed ``seed + k``: any row can be made again alone. Status 1 if a target
is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness import load_molecule
from harness.tasks.spins.exchange.bruker import MeasuredFid, read_bruker
from harness.tasks.spins.inverse.measured import MeasuredFit, fit_measured
from harness.tasks.spins.inverse.verdict import DETERMINED_HZ, Outcome
from harness.tasks.spins.systems import Molecule
from tests.inverse.synthetic import Synthetic, errors_in_sigma, fid_of, spectrum, spins

LIBRARY = ("alanine", "valine", "threonine", "serine", "cysteine", "aspartate", "asparagine", "2-ketobutyrate")
RIGHT_SIGMA = 6.0
"""A value further than this from the truth belongs to another optimum: noise alone does so once in 1e9."""

WRONG = (
    ("alanine", "threonine"), ("alanine", "2-ketobutyrate"), ("valine", "alanine"), ("valine", "threonine"),
    ("threonine", "alanine"), ("serine", "cysteine"), ("serine", "glycine"), ("cysteine", "serine"),
    ("aspartate", "asparagine"), ("asparagine", "aspartate"), ("phenylalanine", "tyrosine"),
    ("tyrosine", "phenylalanine"), ("glutamate", "glutamine"), ("glutamine", "glutamate"),
    ("isoleucine", "valine"),
)  # fmt: skip
"""What is there, and what is fitted to it."""

MEASURED = {
    "gaba_500MHz": ("gaba", "alanine", "glutamate", "glutamine", "2-ketobutyrate", "methionine"),
    "ketobutyrate_500MHz": ("2-ketobutyrate", "valine", "alanine", "threonine", "isoleucine", "gaba"),
}
"""Measured FIDs of docs/measured-fids.md: the molecule that is there first, then others."""


@dataclass(frozen=True)
class Row:
    """One spectrum: whether the right optimum was found, what the fit says, and its errors in standard errors."""

    name: str
    right: bool
    outcome: Outcome
    sigmas: tuple[float, ...]


def molecules() -> list[Molecule]:
    """Those of the library, and small systems that are hard in their own ways."""
    made = [
        spins("AX", [1.2, -1.1], {(0, 1): 7.3}),
        spins("ABX near", [1.204, 1.2, -1.1], {(0, 1): -12.4, (0, 2): 4.0, (1, 2): 9.0}),
        spins("AMX", [3.9, 2.7, 1.3], {(0, 1): 6.0, (0, 2): 11.0, (1, 2): 2.5}),
        spins("ABCD", [3.9, 2.2, 2.0, 1.1], {(0, 1): 5.0, (0, 2): 8.0, (1, 2): -14.0, (1, 3): 6.0, (2, 3): 9.0}),
    ]
    return [*map(load_molecule, LIBRARY), *made]


def rows(count: int, seed: int) -> Iterator[Row]:
    """The fits of ``count`` spectra."""
    for k in range(count):
        kinds = molecules()
        one = spectrum(kinds[k % len(kinds)], seed + k)
        yield judged(one, fit_measured(one.fid, one.molecule))


def judged(one: Synthetic, fit: MeasuredFit) -> Row:
    """Beside the truth."""
    sigmas = errors_in_sigma(fit, one)
    determined = fit.stated_errors_hz < DETERMINED_HZ
    return Row(one.fid.name, bool(np.all(sigmas < RIGHT_SIGMA)), fit.verdict.outcome, tuple(sigmas[determined]))


def wrong_rows() -> Iterator[tuple[str, str, bool, Outcome]]:
    """What is there, what was looked for, whether that is the same, the outcome; measured FIDs where they are."""
    for name in dict.fromkeys(there for there, _ in WRONG):
        fid = fid_of(load_molecule(name))
        for wanted in (name, *(other for there, other in WRONG if there == name)):
            yield name, wanted, name == wanted, _outcome(fid, wanted)
    for folder, names in MEASURED.items() if "HARNESS_MEASURED" in os.environ else ():
        fid = read_bruker(Path(os.environ["HARNESS_MEASURED"]) / folder)
        for wanted in names:
            yield folder, wanted, wanted == names[0], _outcome(fid, wanted)


def _outcome(fid: MeasuredFid, wanted: str) -> Outcome:
    return fit_measured(fid, load_molecule(wanted)).verdict.outcome


def main() -> int:
    """Print every row and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spectra", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wrong", action="store_true", help="molecules that are not there, instead")
    options = parser.parse_args()
    if options.wrong:
        failed = 0
        for there, wanted, same, outcome in wrong_rows():
            good = (outcome is Outcome.FOUND) == same
            failed += not good
            print(f"{there}, fitted with {wanted}: {outcome}{'' if good else '  <- WRONG'}", flush=True)
        return int(failed > 0)
    done = []
    for row in rows(options.spectra, options.seed):
        done.append(row)
        print(f"{row.name}: {'right' if row.right else 'other'} optimum, {row.outcome}", flush=True)
    right = sum(row.right for row in done)
    misleading = sum(row.outcome is Outcome.FOUND and not row.right for row in done)
    found = sum(row.outcome is Outcome.FOUND for row in done)
    spread = float(np.sqrt(np.mean([s**2 for row in done if row.right for s in row.sigmas])))
    print(f"{right} of {len(done)} right, {found} found, {misleading} found but wrong, rms error / stated {spread:.3f}")
    return int(right < 0.99 * len(done) or misleading > 0 or not 0.8 <= spread <= 1.25)


if __name__ == "__main__":
    sys.exit(main())
