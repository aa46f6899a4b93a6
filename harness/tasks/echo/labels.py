"""What is to be inferred from a curve, and what is known of it before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.errors import InputError


@dataclass(frozen=True)
class Label:
    """One number that describes a system, uniform from ``low`` to ``high`` beforehand (its logarithm, for "log")."""

    key: str
    symbol: str
    words: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.scale == "log" and self.low <= 0):
            raise InputError(f"label {self.key}: range {self.low:g} … {self.high:g} on a {self.scale} scale is empty")

    @property
    def width(self) -> float:
        """Width of the range in the label's own unit: what the challenge divides errors by."""
        return self.high - self.low

    def to_unit(self, values: np.ndarray) -> np.ndarray:
        """Values as fractions of the range, 0 at its low end; uniform under the prior."""
        if self.scale == "log":
            return np.log(np.asarray(values) / self.low) / math.log(self.high / self.low)
        return (np.asarray(values) - self.low) / self.width

    def from_unit(self, fractions: np.ndarray) -> np.ndarray:
        """The inverse of :meth:`to_unit`."""
        if self.scale == "log":
            return self.low * np.exp(np.asarray(fractions) * math.log(self.high / self.low))
        return self.low + np.asarray(fractions) * self.width

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        return {"key": self.key, "low": self.low, "high": self.high, "scale": self.scale}


ALPHA = Label("alpha", "α", "coupling strength", 0.0, 0.2)
XI = Label("xi", "ξ", "coupling length", 0.0, 20.0)
LOG_XI = Label("xi", "ξ", "coupling length", 1.0, 20.0, "log")
P = Label("p", "p", "coupling exponent", 2.0, 4.0)
D = Label("d", "d", "dissipation, −log10 Γ", 3.0, 6.0)
KNOWN = {label.key: label for label in (ALPHA, XI, P, D)}


@dataclass(frozen=True)
class Prior:
    """Independent uniform labels, in the order of the columns of a table of labels."""

    labels: tuple[Label, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the labels, in order."""
        return tuple(label.key for label in self.labels)

    @property
    def widths(self) -> np.ndarray:
        """(V,) widths of the ranges."""
        return np.array([label.width for label in self.labels])

    def to_unit(self, values: np.ndarray) -> np.ndarray:
        """(…, V) labels as fractions of their ranges."""
        return np.stack([label.to_unit(values[..., k]) for k, label in enumerate(self.labels)], -1)

    def from_unit(self, fractions: np.ndarray) -> np.ndarray:
        """(…, V) the inverse of :meth:`to_unit`."""
        return np.stack([label.from_unit(fractions[..., k]) for k, label in enumerate(self.labels)], -1)

    def refuse_outside(self, values: np.ndarray, where: str) -> None:
        """Refuse labels beyond their ranges, or not finite.

        Raises
        ------
        InputError
            Naming the first such label, its row (from 1) and its range.
        """
        for k, label in enumerate(self.labels):
            column = np.asarray(values)[:, k]
            bad = np.flatnonzero(~((column >= label.low) & (column <= label.high)))
            if len(bad):
                raise InputError(
                    f"{where}: row {bad[0] + 1}, {label.key} = {column[bad[0]]:g} is not between {label.low:g} and "
                    f"{label.high:g}"
                )

    def as_list(self) -> list[dict[str, object]]:
        """Plain values."""
        return [label.as_dict() for label in self.labels]

    @classmethod
    def from_list(cls, values: Sequence[dict[str, object]]) -> Prior:
        """The inverse of :meth:`as_list`; symbols and words are those of :data:`KNOWN`."""
        labels = []
        for one in values:
            known = KNOWN[str(one["key"])]
            low, high, scale = float(one["low"]), float(one["high"]), str(one["scale"])  # type: ignore[arg-type]
            labels.append(Label(known.key, known.symbol, known.words, low, high, scale))  # type: ignore[arg-type]
        return cls(tuple(labels))


POWER_PRIOR = Prior((ALPHA, XI, P, D))
"""The ranges of the challenge, for the power law."""
GAUSS_PRIOR = Prior((ALPHA, LOG_XI, D))
"""For kernels with a length and no exponent."""
