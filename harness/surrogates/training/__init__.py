"""Training that can be resumed after a kill: one trainer for every model family."""

from harness.surrogates.training.loop import Outcome, train
from harness.surrogates.training.protocol import Trainable, TrainableModel
from harness.surrogates.training.recipe import Recipe

__all__ = ["Outcome", "Recipe", "Trainable", "TrainableModel", "train"]
