"""A small posterior and its curves, trained in seconds: 8 × 8 spins, a short plan."""

from __future__ import annotations

from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.inference.train import PosteriorRecipe
from harness.tasks.echo.recipe import CurveRecipe

PLAN = EchoPlan(delay=60.0)
TRAINING = CurveRecipe("training", 700, 21, side=8, plan=PLAN)
HELD = TRAINING.with_(name="held", seed=22)
FRESH = TRAINING.with_(name="fresh", seed=23)
LOOP = Recipe(epochs=12, batch_size=64, learning_rate=3e-3, ema_decay=0.98, checkpoint_every=4, keep=1)
QUICK = PosteriorRecipe(LOOP, members=1, width=48, layers=2, components=3)
