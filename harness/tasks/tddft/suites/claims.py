"""Claims of the field that do not hold: each a small experiment, with what is done instead.

An experiment gives two numbers: what the claim is measured by, which shows that it does not hold, and the same of what
is done instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.signals import absorption
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.units import HARTREE_EV

PURIFICATIONS = 3
NOISE = 1e-3
STEP_AU = 0.1


@dataclass(frozen=True)
class Experiment:
    """One claim.

    ``measure`` gives the number of the claim and that of ``instead``; ``reads`` says what the number is. A number that
    meets the target shows that the claim does not hold; the number of ``instead`` must miss it.
    """

    target: str
    claim: str
    instead: str
    reads: str
    measure: Callable[[], tuple[float, float]]


def purification() -> tuple[float, float]:
    """McWeeny's 3X² - 2X³, applied to P and to D of H2O with a little noise: largest |X² - X| after three steps."""
    water = structure_of(load_system("h2o"))
    noise = NOISE * np.random.default_rng(1).normal(size=(water.size, water.size))
    density = water.ground[0] + (noise + noise.T) / 2
    return _purified(2 * density), _purified(density)


def _purified(density: np.ndarray) -> float:
    for _ in range(PURIFICATIONS):
        square = density @ density
        density = 3 * square - 2 * square @ density
    return float(np.abs(density @ density - density).max())


def idempotency_loss() -> tuple[float, float]:
    """Largest |X² - X| of the exact ground state of H2O, X = P (in atomic orbitals, half of the total) and X = D."""
    water = structure_of(load_system("h2o"))
    atomic = water.to_atomic_orbitals(water.ground) / 2
    losses = [float(np.abs(one @ one - one).max()) for one in (atomic, water.ground[0])]
    return losses[0], losses[1]


def change_loss() -> tuple[float, float]:
    """A loss on dD/dt over that on D, times dt²: 1 means that it adds nothing. Instead: growth of a rollout error.

    One-step predictions from the true D of H2; rollouts by the frozen Fock matrix, whose errors grow along the way.
    """
    h2 = structure_of(load_system("h2"))
    truth = evolve(h2, Kick(0.02), AtomicTimeGrid.until(2, STEP_AU), densities=True).densities
    assert truth is not None
    predicted = truth[1:] + NOISE * np.random.default_rng(1).normal(size=truth[1:].shape)
    of_density = np.mean(np.abs(predicted - truth[1:]) ** 2)
    slopes = (predicted - truth[:-1]) / STEP_AU - (truth[1:] - truth[:-1]) / STEP_AU
    rolled = evolve(h2, Kick(0.02), AtomicTimeGrid.until(2, STEP_AU), model=Frozen.of(h2), densities=True).densities
    assert rolled is not None
    errors = np.abs(rolled - truth).max(axis=(1, 2, 3))
    return float(np.mean(np.abs(slopes) ** 2) / of_density * STEP_AU**2), float(errors[-1] / errors[1])


def triggers() -> tuple[float, float]:
    """The frozen Fock matrix on H2O: largest violation of trace, D = D† and D² = D; instead the anchor defect."""
    water, pulse = structure_of(load_system("h2o")), Pulse(0.05, 0.4)
    model = Frozen.of(water)
    densities = evolve(water, pulse, AtomicTimeGrid.until(20, 0.2), model=model, densities=True).densities
    assert densities is not None
    one = densities[:, 0]
    violations = (
        np.abs(np.trace(one, axis1=1, axis2=2) - water.system.occupied[0]).max(),
        np.abs(one - one.conj().swapaxes(1, 2)).max(),
        np.abs(one @ one - one).max(),
    )
    defect = max(float(np.abs(water.fock(d) - model.fock(d, 0.0)).max()) for d in densities[::10])
    return float(max(violations)), defect


def variance_weights() -> tuple[float, float]:
    """Weights 1/variance of the elements of Re D of H2O after a pulse along z: largest over median, by element and by
    block of shells."""
    water = structure_of(load_system("h2o"))
    densities = evolve(water, Pulse(0.02, 0.4336), AtomicTimeGrid.until(30, 0.2), densities=True).densities
    assert densities is not None
    variances = np.var(np.real(densities[:, 0]), axis=0)
    shells = water.shells
    blocks = np.array(
        [[variances[np.ix_(shells == a, shells == b)].mean() for b in np.unique(shells)] for a in np.unique(shells)]
    )
    tiny = np.finfo(float).tiny
    ratios = [float(np.median(one) / max(one.min(), tiny)) for one in (variances, blocks)]
    return ratios[0], ratios[1]


def memory() -> tuple[float, float]:
    """H2 started again half-way from Re D alone, and from the complex D: largest error of the dipole over its size."""
    h2, grid = structure_of(load_system("h2")), AtomicTimeGrid.until(10, STEP_AU, rule="em")
    whole = evolve(h2, Kick(0.02), AtomicTimeGrid.until(20, STEP_AU, rule="em"), densities=True)
    assert whole.densities is not None
    half = whole.densities[100]
    scale = np.abs(whole.induced).max()
    errors = [
        float(np.abs(evolve(h2, Kick(0.0), grid, start=start).dipole - whole.dipole[100:]).max() / scale)
        for start in (np.real(half).astype(complex), half)
    ]
    return errors[0], errors[1]


def selection_rules() -> tuple[float, float]:
    """Largest δμ along x of H2, and of LiH, after a kick of 0.01 along x: 6-31G has no p functions on H."""
    across, grid = Kick(0.01, (1.0, 0.0, 0.0)), AtomicTimeGrid.until(5, STEP_AU)
    found = [np.abs(evolve(structure_of(load_system(name)), across, grid).induced).max() for name in ("h2", "lih")]
    return float(found[0]), float(found[1])


def overlap() -> tuple[float, float]:
    """Overlap of two spectra of one line each, 0.5 eV apart: of a trajectory of 24 au, and of one of 400 au."""
    found = []
    for horizon in (24.0, 400.0):
        grid = AtomicTimeGrid.until(horizon, 0.2)
        first, second = (
            np.maximum(absorption(np.sin(frequency * grid.times_au), 1.0, grid, 3.0 / horizon)[1], 0)
            for frequency in (0.5516, 0.5516 + 0.5 / HARTREE_EV)
        )
        found.append(float(first @ second / np.sqrt((first @ first) * (second @ second))))
    return found[0], found[1]


EXPERIMENTS = (
    Experiment(
        "purification", "McWeeny purification of the total density keeps it a density",
        "of D, whose eigenvalues are 0 and 1, it does; or the step is unitary", "|X² - X| after three purifications",
        purification,
    ),
    Experiment(
        "idempotency_loss", "a loss on P² = P is zero for an exact density", "a loss on D² = D, in the Löwdin basis",
        "|X² - X| of the exact ground state", idempotency_loss,
    ),
    Experiment(
        "change_loss", "a loss on the change of D adds to the loss on D", "a loss on rollouts: errors grow along them",
        "loss on dD/dt times dt² over the loss on D; instead growth of the error", change_loss,
    ),
    Experiment(
        "triggers", "violations of trace or hermiticity show when to re-anchor", "the defect at an anchor",
        "largest violation by a frozen Fock matrix; instead its anchor defect", triggers,
    ),
    Experiment(
        "variance_weights", "elements of D are to be weighted by 1/variance", "one weight for each block of shells",
        "median variance over the smallest", variance_weights,
    ),
    Experiment(
        "memory", "the dynamics have memory", "the complex D has none, its real part (and the density in space) has",
        "error of a second half that starts from Re D; instead from D", memory,
    ),
    Experiment(
        "selection_rules", "H2 shows whether selection rules are learned", "LiH or H2O",
        "largest transverse response", selection_rules,
    ),
    Experiment(
        "overlap", "an overlap of 98 % shows that spectra agree", "peaks, or the overlap of long trajectories",
        "overlap of lines 0.5 eV apart", overlap,
    ),
)  # fmt: skip
