"""The verbs of the command line that spins have; ``cli/<verb>.py`` holds the command of each."""

from __future__ import annotations

VERBS = {
    "advise": "Say which method suits a system, a horizon and an error.",
    "benchmark": "Time the references or surrogates under the timing protocol.",
    "cache": "Build, list, verify, show and compare stored answers of Spinach.",
    "convert": "Turn spin systems into SpinXML, a Spinach script or TOML, and back.",
    "data": "Generate training data, resumably.",
    "doctor": "Show which engines and packages the task finds here, and how to get what is missing.",
    "fit": "Fit offsets and couplings to a measured FID.",
    "molecules": "List, search and show the molecules that come with the package.",
    "peaks": "List the lines and multiplets of a molecule: ppm, Hz, intensity, integral.",
    "simulate": "Simulate molecules or system files with any method.",
    "train": "Train a surrogate, resumably.",
}
EXAMPLE = "harness spins simulate alanine --method exact --out alanine.csv"
"""A first command, for the help of the task."""
