"""Claims about k-step dynamics that do not hold, each as one number of a small experiment.

Most are bounds that say nothing, because what must fail meets them; the others are numbers that are not what was
claimed. Every experiment has its target in the table ``claims``: met means that the claim is refuted again.
"""

from __future__ import annotations

from harness.tasks.kstep.suites.claims import energy, jumps, training
from harness.tasks.kstep.suites.claims.claim import Claim

CLAIMS = (
    Claim("bonds", "bond error of MMFF94 alone", "nm", "bond lengths within 0.002 nm show that a jump is right",
          "MMFF94 alone, without any quantum call, meets this bound", jumps.bond_error_of_mmff_nm),
    Claim("frames", "distance of shuffled frames", "nm", "a distance of 0.05 nm shows that a path is right",
          "the frames of the reference itself in random order meet it", jumps.distance_of_shuffled_frames_nm),
    Claim("one_run", "temperature error of one exact run", "1", "the temperature of one run shows that it is right",
          "an exact run at constant energy misses 300 K by more than 2 %", energy.temperature_error_of_one_run),
    Claim("one_mode", "deviation of the O-H stretch from its share", "1",
          "in one run the O-H stretch of ethanol holds its share of the kinetic energy, 1/21 or 4.8 %",
          "exact runs at constant energy miss this share by a fifth of it or more: the stretch exchanges hardly any "
          "energy with the other modes in some picoseconds", energy.share_error_of_the_stretch,
          energy.share_error_under_a_thermostat, "Langevin dynamics on MMFF94 over 40 ps", "ethanol"),
    Claim("drift", "drift of velocity Verlet of 1 fs", "kJ/mol/ps", "a small drift shows that learning worked",
          "velocity Verlet of 1 fs, without any learning, meets the same target", energy.drift_without_learning,
          energy.drift_of_noise, "noise on the forces"),
    Claim("rescaled", "drift of noisy forces, velocities rescaled", "kJ/mol/ps",
          "a total energy that stays shows that the dynamics is right",
          "forces with random noise of 20 kJ/mol/nm have it as well once the velocities are rescaled after each step",
          energy.drift_of_rescaled_noise, energy.drift_of_noise, "the same noise, nothing rescaled"),
    Claim("fixed_bound", "share of jumps beyond 2 nm/ps", "1", "changes of velocities can be bounded at 2 nm/ps",
          "exact jumps of k = 8 exceed the bound", jumps.share_beyond_a_fixed_bound,
          jumps.share_beyond_the_bounds_of_the_network, "bounds for each element"),
    Claim("saving", "saving of the corrected jump over k", "1", "a corrected jump saves k of k + 1 quantum calls",
          "it saves (k + 1)/2", jumps.saving_of_the_corrector),
    Claim("validation", "held-out error over training error, shuffled labels", "1",
          "an error on held-out data below twice that of the training shows that something was learned",
          "a correction that is fitted to shuffled labels meets it, and is worth nothing",
          training.ratio_of_shuffled_labels, training.ratio_of_a_narrow_kernel,
          "a kernel of 2 / nm on the right labels, whose held-out error is a tenth of that"),
    Claim("failed_steps", "share of failed steps where most runs break", "1",
          "less than 5 % failed steps show that an integrator is stable",
          "velocity Verlet of 2.5 fs breaks in most runs, and meets it", jumps.share_of_failed_steps,
          jumps.share_of_failed_longer_steps, "velocity Verlet of 5 fs"),
    Claim("other_step", "error of a jump of MMFF94 of 8 fs", "1",
          "jumps of k = 4 on GFN2-xTB are learned from jumps of MMFF94 with a larger time step, 8 fs for 1 fs",
          "they are another map, worse than no jump at all", training.error_of_longer_jumps,
          training.error_of_equal_jumps, "MMFF94 with the time step of GFN2-xTB"),
    Claim("surface", "force of GFN-FF that GFN2-xTB has not", "1", "GFN-FF can stand in where GFN2-xTB is missing",
          "its forces are those of another surface", training.force_of_another_surface),
)  # fmt: skip

__all__ = ["CLAIMS", "Claim"]
