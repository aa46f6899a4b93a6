"""From a signal back to offsets and couplings: forward models with derivatives, least squares, bounds."""

from harness.inverse.bounds import cramer_rao, fisher
from harness.inverse.fit import Fit, fit_signal, noisy
from harness.inverse.memo import Memo, MemoCount
from harness.inverse.models import ExactModel, ForwardModel, MethodModel, SurrogateModel
from harness.inverse.parameters import Parameters

__all__ = [
    "ExactModel",
    "Fit",
    "ForwardModel",
    "Memo",
    "MemoCount",
    "MethodModel",
    "Parameters",
    "SurrogateModel",
    "cramer_rao",
    "fisher",
    "fit_signal",
    "noisy",
]
