"""Metrics in everyday words, for readers of the page who do not know the name of the metric."""

from __future__ import annotations

import re

OBSERVABLES = {"m": "M", "i1z": "I1z"}
BANDS = {"sup": "for the whole curve at once", "pointwise": "point by point", "sample": "at one point"}
PLAIN = {
    r"largest \|coverage - level\|":
        "largest gap between the level an interval states and the share of truths inside it",
    r"coverage of the shipped (\d+%) (\w+) band of (\w+)":
        "share of truths inside the {0} band of {2} that the subject itself states, {1}",
    r"coverage of the (\d+%) (\w+) band of (\w+), distance from .*":
        "{0} band of {2} calibrated in this run, {1}: its coverage against what chance allows (1: the edge of that)",
    r"coverage of the (\d+%) (\w+) band of (\w+)":
        "share of truths inside a {0} band of {2} calibrated in this run, {1}",
    r"rank correlation of std and error":
        "is the stated uncertainty large where the error is? 1: always, 0: no relation",
    r"sparsification error over random order":
        "order by stated uncertainty, between the best order (0) and chance (1)",
    r"error of M over that of the pair product":
        "how many times the error of a formula without training; errors below 1e-6 count as 1e-6",
    r"mean RMSE over that of the pair product":
        "how many times the mean error of a formula without training",
    r"error increase over chains, (\w+)":
        "how much larger the mean error is on a {0} than on chains (0.1: 10 %)",
    r"mean RMSE of M on rings minus that on chains":
        "by how much the mean error is larger on rings than on chains with the same offsets; M starts at 1",
    r"error over that of weights trained on ([\w ]+), (\w+)":
        "how much larger the mean error is on a {1} than with weights that were trained on {0} (0.1: 10 %)",
    r"error increase over a chain's inner spins, ring":
        "the same against the inner spins of chains, which have no ends",
    r"AUROC of in against out of distribution":
        "how often a system outside looks less certain than one inside (1: always, 0.5: chance)",
    r"classical methods both faster and more accurate, .*":
        "methods that beat the subject in time and error at once",
    r"RMSE / Cramér-Rao bound":
        "error of the fit over the smallest that noise allows (1: as good as can be)",
    r"apparent shift of a line":
        "shift of a line that a fit to the subject's FID would report",
    r"apparent change of a splitting":
        "change of a splitting that a fit to the subject's FID would report",
    r"wrong answers that nothing reveals":
        "answers off by more than 1 % that the subject does not flag and whose stated error does not show it",
    r"share of good answers flagged or refused":
        "how many of the answers that are right to 0.1 % the subject warns of in vain",
    r"seeded faults that slip through":
        "deliberate mistakes that no suite objects to",
    r"null faults and correct subjects rejected":
        "correct subjects that some suite objects to",
}  # fmt: skip

DIRECTIONS = {
    r"coverage of the shipped .*": ("the band is too narrow", "the band is wider than it says"),
    r"RMSE / Cramér-Rao bound":
        ("smaller than the noise allows: the bound is wrong", "larger than the noise allows: the fits are biased"),
    r"error of M over that of the pair product|mean RMSE .*over that of the pair product":
        ("", "worse than a formula without training"),
    r"mean RMSE of M over that without its network": ("", "what was learned makes M worse"),
    r"(rank correlation of std and error|AUROC of in against out of distribution)":
        ("the stated uncertainty does not tell where the error is", ""),
    r"speed-up of .*": ("slower than hoped for", ""),
}  # fmt: skip


def direction(metric: str, side: str) -> str:
    """The meaning of a metric that is too "low" or too "high"; "" if the number itself is clear."""
    found = next((words for pattern, words in DIRECTIONS.items() if re.fullmatch(pattern, metric)), ("", ""))
    return {"low": found[0], "high": found[1]}.get(side, "")


def plain(metric: str) -> str:
    """A metric in everyday words; "" if its name is clear."""
    for pattern, words in PLAIN.items():
        if found := re.fullmatch(pattern, metric):
            return words.format(*(OBSERVABLES.get(one, BANDS.get(one, one)) for one in found.groups()))
    return ""
