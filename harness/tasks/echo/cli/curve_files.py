"""Curves and posteriors for the verbs: a set, a folder of text files, a posterior of the package or of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.tasks.echo.curves import CurveSet, read_curves
from harness.tasks.echo.recipe import named_recipe

if TYPE_CHECKING:
    from harness.tasks.echo.inference.posterior import Posterior


def curves_of(source: Path, kernel: str) -> CurveSet:
    """A set of curves (``curves.h5``, or a folder that holds it), or a folder with the challenge's text files."""
    from harness.tasks.echo.challenge_files import FIRST, names_2024, read_challenge

    if source.is_dir() and not (source / "curves.h5").is_file():
        names, recipe = (FIRST, "challenge") if kernel == "power" else (names_2024("gauss"), "gauss")
        return read_challenge(source, named_recipe(recipe), names)
    curves = read_curves(source)
    if curves.recipe["family"] != kernel:
        raise InputError(f"curves {source}: of the kernel {curves.recipe['family']}, and --kernel is {kernel}")
    return curves


def posterior_of(kernel: str, weights: Path | None, curves: CurveSet) -> Posterior:
    """The posterior for this kernel, which must have been trained on such curves.

    Raises
    ------
    InputError
        If there is none for the kernel, or it was trained on another kernel, coupling or plan.
    """
    from harness.tasks.echo.inference.posterior import load_posterior, packaged_posterior

    posterior = packaged_posterior(kernel) if weights is None else load_posterior(weights)
    trained = posterior.record["curves"]
    for key in ("family", "normalised", "coupling", "plan"):
        if trained[key] != curves.recipe[key]:
            raise InputError(
                f"posterior: trained on curves with {key} = {trained[key]!r}, and these have {curves.recipe[key]!r}: "
                "train one for them with 'harness echo train posterior'"
            )
    return posterior
