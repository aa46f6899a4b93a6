"""From a signal back to offsets and couplings: forward models with derivatives, least squares, bounds."""

from harness.tasks.spins.inverse.bounds import cramer_rao, fisher
from harness.tasks.spins.inverse.fit import Fit, fit_signal, noisy
from harness.tasks.spins.inverse.memo import Memo, MemoCount
from harness.tasks.spins.inverse.models import ExactModel, ForwardModel, MethodModel, SurrogateModel
from harness.tasks.spins.inverse.parameters import Parameters

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
