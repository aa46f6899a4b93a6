"""Cosines and sines of many angles, at half the cost of double precision and with a tenth of the error of single."""

from __future__ import annotations

from math import tau

import numpy as np


def rotations(turns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """cos 2πx and sin 2πx, each of the shape of x = ``turns``; error below 7e-8.

    The angle is reduced in double precision; cosine and sine of the single-precision number y nearest to it are
    corrected by cos(y + ε) = cos y - ε sin y, sin(y + ε) = sin y + ε cos y, so that only their own rounding is left.
    """
    angle = turns - np.rint(turns)
    angle *= tau
    near = angle.astype(np.float32)
    cosine, sine = np.cos(near), np.sin(near)
    angle -= near
    return cosine - angle * sine, sine + angle * cosine
