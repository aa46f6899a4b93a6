"""The main job under several arithmetic paths: the same verdicts, and none that hangs on rounding.

    python -m tests.suites.arithmetic --folder D [--tier smoke]

One run per path, all with the same fresh systems. A path is a set of environment variables that makes the libraries
take other kernels (OpenBLAS by ``OPENBLAS_CORETYPE``, PyTorch by ``ATEN_CPU_CAPABILITY``) or add up in another order
(two threads). Compared are all judged numbers but times and their ratios: verdicts must be identical, and no value may
lie closer to its target than ten times the spread between the paths. Ends with status 1 where that is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.report import Record, Target, read_records

SEED = "20261129"
PATHS: Mapping[str, Mapping[str, str]] = {
    "haswell, avx2": {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2"},
    "sandybridge, no vectors in torch": {"OPENBLAS_CORETYPE": "Sandybridge", "ATEN_CPU_CAPABILITY": "default"},
    "what the processor has": {},
    "two threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
}
CHOSEN = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "ATEN_CPU_CAPABILITY", "HARNESS_MEASURED")
MARGIN = 10.0
Key = tuple[str, str, str, str, str, str]


def run(folder: Path, name: str, tier: str) -> dict[Key, Record]:
    """The judged records of one run, by what they are about; times are left out."""
    place = folder / name.replace(", ", "-").replace(" ", "-")
    settings = {key: value for key, value in os.environ.items() if key not in CHOSEN} | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "harness/", "--validate-against", "spinach", "--tier", tier]
    done = subprocess.run(
        [*command, "--fresh-seed", SEED, "--report-dir", str(place), "-q", "-p", "no:cacheprovider"],
        env=settings | dict(PATHS[name]), capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = read_records(place / "records.json")
    machine = report.context.machine
    print(f"{name}: status {done.returncode}; {machine.get('blas')}; torch {machine.get('torch_cpu')}", flush=True)
    return {
        (r.suite, r.measurement.metric, r.measurement.case, r.measurement.subject, r.target.name, r.expected): r
        for r in report.records
        if r.target is not None and not timed(r.target)
    }


def timed(target: Target) -> bool:
    """True for a target of a time or of a ratio of times."""
    return target.unit == "s" or "speed" in target.name or target.name == "dominated"


def distance(record: Record) -> float:
    """How far the value is from the nearest bound of its target."""
    assert record.target is not None
    assert record.measurement.value is not None
    bounds = record.target.value if isinstance(record.target.value, tuple) else (record.target.value,)
    return min(abs(record.measurement.value - bound) for bound in bounds)


def faults(runs: Sequence[Mapping[Key, Record]]) -> tuple[list[str], list[tuple[float, Key]]]:
    """What differs, in words; and of all numbers the distance over the spread, smallest first."""
    stated, margins = [], []
    for key in dict.fromkeys(key for one in runs for key in one):
        records = [one[key] for one in runs if key in one]
        if len(records) < len(runs):
            stated.append(f"{key}: judged in {len(records)} of {len(runs)} runs")
            continue
        verdicts = {record.verdict for record in records}
        if len(verdicts) > 1:
            stated.append(f"{key}: verdicts {sorted(verdicts)}")
        values = [record.measurement.value for record in records if record.measurement.value is not None]
        spread = max(values) - min(values) if len(values) == len(records) else 0.0
        if spread > 0:
            margins.append((min(map(distance, records)) / spread, key))
    stated += [f"{key}: {margin:.2g} spreads from its target" for margin, key in margins if margin < MARGIN]
    return stated, sorted(margins)


def main() -> int:
    """Run, compare, print, and write ``arithmetic.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tier", default="smoke")
    given = parser.parse_args()
    runs = [run(given.folder, name, given.tier) for name in PATHS]
    stated, margins = faults(runs)
    print(f"{len(runs[0])} judged numbers under {len(runs)} paths; {len(margins)} differ between the paths at all")
    for margin, key in margins[:10]:
        print(f"  {margin:9.3g} spreads from its target: {', '.join(key[:3])}")
    print("\n".join(stated) or "verdicts identical, none closer to its target than ten spreads")
    content = {"judged": len(runs[0]), "faults": stated, "margins": [[m, list(key)] for m, key in margins]}
    (given.folder / "arithmetic.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return 1 if stated else 0


if __name__ == "__main__":
    sys.exit(main())
