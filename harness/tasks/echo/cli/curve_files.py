"""Curves and posteriors for the verbs: a set, a folder of text files, a posterior of the package or of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.tasks.echo.curves import CurveSet, read_curves
from harness.tasks.echo.recipe import CurveRecipe, named_recipe

if TYPE_CHECKING:
    from harness.tasks.echo.challenge_files import FileNames
    from harness.tasks.echo.inference.posterior import Posterior


def curves_of(source: Path, kernel: str) -> CurveSet:
    """A set of curves (``curves.h5``, or a folder that holds it), or a folder with the challenge's text files.

    Raises
    ------
    InputError
        For a single text file, curves of another kernel, and whatever is wrong with the content.
    """
    from harness.tasks.echo.challenge_files import read_challenge

    if source.suffix == ".txt":
        raise InputError(f"curves {source}: real and imaginary parts are two files; name the folder that holds both")
    if source.is_dir() and not (source / "curves.h5").is_file():
        return read_challenge(source, *_text_files(kernel))
    curves = read_curves(source)
    if curves.recipe["family"] != kernel:
        raise InputError(f"curves {source}: of the kernel {curves.recipe['family']}, and --kernel is {kernel}")
    return curves


def _text_files(kernel: str) -> tuple[CurveRecipe, FileNames]:
    """What the curves of a text file are, and the names of the files."""
    from harness.tasks.echo.challenge_files import FIRST, names_2024

    if kernel == "power":
        return named_recipe("challenge"), FIRST
    if kernel == "uniform":
        raise InputError("kernel 'uniform': the challenge has no files of it; name a set of curves")
    return named_recipe("gauss").with_(family=kernel), names_2024(kernel)


def posterior_for(kernel: str, weights: Path | None) -> Posterior:
    """The posterior of a weights file, or that of the package for this kernel.

    Raises
    ------
    InputError
        If there is none for the kernel.
    """
    from harness.tasks.echo.inference.posterior import load_posterior, packaged_posterior

    return packaged_posterior(kernel) if weights is None else load_posterior(weights)


def refuse_other_curves(posterior: Posterior, curves: CurveSet) -> None:
    """Refuse curves unlike those of the training of a posterior.

    Raises
    ------
    InputError
        Naming the first difference: kernel, coupling, or a time or pulse of the plan.
    """
    trained = posterior.record["curves"]
    for key in ("family", "normalised", "coupling"):
        _refuse_unequal(key, trained[key], curves.recipe[key])
    for key, value in trained["plan"].items():
        _refuse_unequal(f"plan.{key}", value, curves.recipe["plan"][key])


def _refuse_unequal(key: str, trained: object, found: object) -> None:
    if trained != found:
        raise InputError(
            f"posterior: trained on curves with {key} = {trained!r}, and these have {found!r}: "
            "train one for them with 'harness echo train posterior'"
        )
