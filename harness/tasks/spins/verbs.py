"""The verbs of the command line that spins have; ``cli/<verb>.py`` holds the command of each."""

from __future__ import annotations

VERBS = {
    "advise": "Say which method suits a system, a horizon and an error.",
    "benchmark": "Time the references or surrogates under the timing protocol.",
    "cache": "Build, list, verify, show and compare stored answers of Spinach.",
    "convert": "Turn spin systems into SpinXML, a Spinach script or TOML, and back.",
    "data": "Generate training data, resumably.",
    "doctor": "Show what is here, what is missing, and how to get it.",
    "fit": "Fit offsets and couplings to a measured FID.",
    "molecules": "List, search and show the molecules that come with the package.",
    "peaks": "List the lines and multiplets of a molecule: ppm, Hz, intensity, integral.",
    "simulate": "Simulate molecules or system files with any method.",
    "train": "Train a surrogate, resumably.",
}
