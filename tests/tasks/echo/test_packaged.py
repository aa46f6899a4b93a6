"""The posteriors that come with the package, on a few fresh curves; benchmarks and suites measure them on thousands."""

from __future__ import annotations

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.posterior import packaged_posterior
from harness.tasks.echo.inference.scores import challenge_score, determination
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.recipe import named_recipe

SEED = 9_001


def test_power_law() -> None:
    posterior = packaged_posterior("power")
    curves = computed(named_recipe("test").with_(seed=SEED), range(64))
    samples = posterior.samples(curves.m, 32)
    score = challenge_score(samples.mean(1), curves.known_labels(), curves.prior, without=("xi",))
    # 7.0 on thousands of curves; the total of one curve scatters by 13.
    assert score.total < 7.0 + 3 * 13 / 8
    assert dict(zip(posterior.prior.keys, posterior.determined, strict=True)) == {
        "alpha": True, "xi": False, "p": True, "d": True,
    }  # fmt: skip
    assert posterior.log_density(curves.m, curves.known_labels()).sum(1).mean() > 6.0
    assert posterior.familiar(curves.m).mean() > 0.8


def test_stronger_coupling_is_unfamiliar() -> None:
    recipe = POPULATIONS["α from 0.2 to 0.3"].recipe.with_(seed=SEED)
    assert packaged_posterior("power").familiar(computed(recipe, range(32)).m).mean() < 0.3


def test_gaussian_kernel_determines_the_length() -> None:
    """The networks that say nothing of ξ under the power law know it here: the same code, other curves."""
    posterior = packaged_posterior("gauss")
    curves = computed(named_recipe("gauss-test").with_(seed=SEED), range(64))
    place = posterior.prior.keys.index("xi")
    assert posterior.determined[place]
    estimate = np.log(posterior.samples(curves.m, 32)[:, :, place]).mean(1)
    assert determination(estimate, np.log(curves.known_labels()[:, place])) > 0.5


def test_other_kernels_have_none() -> None:
    with pytest.raises(InputError, match="no posterior was trained for the kernel 'rkky'"):
        packaged_posterior("rkky")
