"""A system of coupled spins 1/2 in the rotating frame."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from harness.errors import InputError, shown
from harness.tasks.spins.systems.frame import Frame, ShiftAxis
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio
from harness.tasks.spins.systems.relaxation import Relaxation

LARGEST_HZ = 1e12
"""Offsets and couplings beyond this are typing errors: a proton at 20,000 T."""


def _real_array(value: ArrayLike, what: str) -> np.ndarray:
    try:
        raw = np.asarray(value)
        if np.iscomplexobj(raw):
            raise InputError(f"{what}: complex numbers where real ones in Hz are due")
        array = np.array(raw, dtype=np.float64)
    except InputError:
        raise
    except OverflowError:
        raise InputError(f"{what}: a number in it is beyond {LARGEST_HZ:g} Hz: check the unit") from None
    except (TypeError, ValueError, RuntimeError) as error:
        # Tensors that require a gradient, or are on another device, raise exceptions of their library.
        reason = _tensor(value) or _ragged(value) or f"not a rectangular array of numbers ({error})"
        raise InputError(f"{what}: {reason}") from None
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise InputError(f"{what}[{place}] = {array[tuple(bad[0])]}: every value must be finite")
    bad = np.argwhere(np.abs(array) > LARGEST_HZ)
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise InputError(
            f"{what}[{place}] = {array[tuple(bad[0])]:g} Hz is beyond {LARGEST_HZ:g} Hz, which no magnet reaches: "
            "check the field and the units"
        )
    return array


def _tensor(value: object) -> str:
    """How to pass a tensor that numpy cannot read, "" for anything else."""
    if not hasattr(value, "detach"):
        return ""
    return "a tensor that numpy cannot read (it requires a gradient, or is not on the CPU): pass .detach().cpu()"


def _ragged(value: ArrayLike) -> str:
    """Which row of a list of lists has another length than the first, "" if none has."""
    rows = value if isinstance(value, Sequence) else ()
    lengths = [len(row) for row in rows if isinstance(row, Sequence)]
    odd = next((k for k, length in enumerate(lengths) if length != lengths[0]), None)
    return "" if odd is None else f"row {odd} has {lengths[odd]} numbers where row 0 has {lengths[0]}"


@dataclass(frozen=True, eq=False, init=False)
class SpinSystem:
    """N spins 1/2 with H = Σ Ω_i I_iz + 2π Σ_{i<j} J_ij C_ij  (rad/s, Ω_i = 2π·offset_hz).

    C_ij = I_i·I_j for spins of one isotope, I_iz I_jz for different isotopes (secular).
    Arrays are copied and read-only; equal systems hash equal (the ``name`` does not count).

    Parameters
    ----------
    offsets_hz
        (N,) resonance offsets from the carrier of the spin's isotope, in Hz.
    couplings_hz
        (N, N) scalar couplings in Hz, symmetric with zero diagonal, in this frame: between isotopes whose gyromagnetic
        ratios differ in sign that is minus the coupling of the laboratory (:meth:`Molecule.at` does this).
    labels
        N unique labels; by default S1 … SN.
    isotopes
        N isotopes, e.g. "1H"; by default all "1H".
    observed
        Isotope whose transverse magnetisation is M; by default that of the first spin.
    tagged_spin
        Index of the spin that ``i1z`` follows.
    name
        For people only.
    frame
        Field and carriers that the offsets were made with (:meth:`Molecule.at` gives them), None where they are not
        known: for ppm axes only. Neither equality nor :attr:`fingerprint` depends on it.
    relaxation
        How the spins relax, None where they do not. Two systems that relax differently are not equal.

    Raises
    ------
    InputError
        For wrong sizes, values that are not finite, an asymmetric matrix, a non-zero diagonal, duplicate labels,
        unknown isotopes, an observed isotope that no spin has, or a tagged spin that does not exist.
    """

    offsets_hz: np.ndarray
    couplings_hz: np.ndarray
    labels: tuple[str, ...] = ()
    isotopes: tuple[str, ...] = ()
    observed: str = ""
    tagged_spin: int = 0
    name: str = field(default="", compare=False)
    frame: Frame | None = field(default=None, compare=False)
    relaxation: Relaxation | None = None

    def __init__(
        self,
        offsets_hz: ArrayLike,
        couplings_hz: ArrayLike,
        labels: Sequence[str] = (),
        isotopes: Sequence[str] = (),
        observed: str = "",
        tagged_spin: int = 0,
        name: str = "",
        frame: Frame | None = None,
        relaxation: Relaxation | None = None,
    ) -> None:
        offsets = _real_array(offsets_hz, "offsets_hz")
        couplings = _real_array(couplings_hz, "couplings_hz")
        if offsets.ndim != 1 or len(offsets) == 0:
            raise InputError(f"offsets_hz: shape {offsets.shape} must be (N,) with at least one spin")
        n = len(offsets)
        if n == 1 and couplings.size == 1:
            couplings = couplings.reshape(1, 1)
        if couplings.shape != (n, n):
            raise InputError(f"couplings_hz: shape {couplings.shape} must be ({n}, {n}) for {n} offsets")
        if np.any(np.diag(couplings)):
            i = int(np.flatnonzero(np.diag(couplings))[0])
            raise InputError(f"couplings_hz[{i}, {i}] = {couplings[i, i]:g}: the diagonal must be zero")
        if not np.array_equal(couplings, couplings.T):
            i, j = np.argwhere(couplings != couplings.T)[0]
            raise InputError(
                f"couplings_hz[{i}, {j}] = {couplings[i, j]:g} but [{j}, {i}] = {couplings[j, i]:g}: "
                "the matrix must be symmetric"
            )
        labels = tuple(labels) or tuple(f"S{k + 1}" for k in range(n))
        isotopes = tuple(isotopes) or ("1H",) * n
        for what, words in (("labels", labels), ("isotopes", isotopes)):
            if len(words) != n or not all(isinstance(word, str) and word for word in words):
                raise InputError(f"{what}: {len(words)} given, {n} non-empty strings needed: {list(words)!r}")
        if len(set(labels)) != n:
            twice = next(label for label in labels if labels.count(label) > 1)
            raise InputError(f"labels: {twice!r} is there twice; every spin needs a label of its own")
        for isotope in isotopes:
            gyromagnetic_ratio(isotope)
        observed = observed or isotopes[0]
        if observed not in isotopes:
            there = ", ".join(sorted(set(isotopes)))
            raise InputError(f"observed isotope {observed!r}: no spin has it (there are {there})")
        whole = isinstance(tagged_spin, Integral) or (isinstance(tagged_spin, float) and tagged_spin.is_integer())
        if isinstance(tagged_spin, bool) or not whole or not 0 <= tagged_spin < n:
            raise InputError(f"tagged_spin = {shown(tagged_spin)}: must be an index from 0 to {n - 1}")
        if relaxation is not None:
            relaxation.check_size(n)
        offsets.flags.writeable = couplings.flags.writeable = False
        for key, value in (
            ("offsets_hz", offsets),
            ("couplings_hz", couplings),
            ("labels", labels),
            ("isotopes", isotopes),
            ("observed", observed),
            ("tagged_spin", int(tagged_spin)),
            ("name", str(name)),
            ("frame", frame),
            ("relaxation", relaxation),
        ):
            object.__setattr__(self, key, value)

    def __len__(self) -> int:
        return len(self.offsets_hz)

    @property
    def size(self) -> int:
        """Number of spins, by its name in :class:`harness.task.System`."""
        return len(self.offsets_hz)

    def __repr__(self) -> str:
        called = f"{self.name!r}, " if self.name else ""
        return f"SpinSystem({called}{len(self)} spins, {' '.join(sorted(set(self.isotopes)))}, {self.fingerprint[:12]})"

    def __reduce__(self) -> tuple[type[SpinSystem], tuple[object, ...]]:
        # Through the constructor, so that the arrays of an unpickled system are read-only too.
        return SpinSystem, (
            self.offsets_hz,
            self.couplings_hz,
            self.labels,
            self.isotopes,
            self.observed,
            self.tagged_spin,
            self.name,
            self.frame,
            self.relaxation,
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that physics depends on, labels included: equal systems, equal fingerprints."""
        words = "\0".join([*self.labels, *self.isotopes, self.observed, str(self.tagged_spin)])
        digest = hashlib.sha256(words.encode())
        digest.update((self.offsets_hz + 0.0).tobytes())  # + 0.0 turns -0.0 into 0.0
        digest.update((self.couplings_hz + 0.0).tobytes())
        if self.relaxation is not None:
            digest.update(json.dumps(self.relaxation.as_dict(), sort_keys=True).encode())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpinSystem) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def axis(self) -> ShiftAxis | None:
        """The chemical shift axis of the observed isotope, None where the field is not known."""
        return None if self.frame is None else self.frame.axis(self.observed)

    @property
    def observed_spins(self) -> tuple[int, ...]:
        """Indices of the spins of the observed isotope, in system order."""
        return tuple(k for k, isotope in enumerate(self.isotopes) if isotope == self.observed)

    @property
    def same_isotope(self) -> np.ndarray:
        """(N, N) bool: True where two spins are of one isotope, so that their coupling is I·J·I."""
        isotopes = np.array(self.isotopes)
        return isotopes[:, None] == isotopes[None, :]

    def components(self) -> list[tuple[int, ...]]:
        """Connected components of the coupling graph, each a tuple of ascending spin indices."""
        return list(self._components)

    @cached_property
    def _components(self) -> tuple[tuple[int, ...], ...]:
        # A walk in plain Python: for a dozen spins it takes a tenth of the time of a general graph library.
        neighbours = [np.flatnonzero(row).tolist() for row in self.couplings_hz]
        found: list[tuple[int, ...]] = []
        seen: set[int] = set()
        for first in range(len(self)):
            if first in seen:
                continue
            part, waiting = {first}, [first]
            while waiting:
                new = set(neighbours[waiting.pop()]) - part
                part |= new
                waiting.extend(new)
            seen |= part
            found.append(tuple(sorted(part)))
        return tuple(found)

    def equivalent_groups(self, tolerance_hz: float = 1e-2) -> list[tuple[int, ...]]:
        """Groups of magnetically equivalent spins: one isotope, equal offsets, equal couplings to every spin outside.

        Couplings *inside* a group may differ: they commute with its total spin, and so M does not depend on them.
        ``tolerance_hz`` bounds both differences; the default lies far below any linewidth, so that a methyl group whose
        fitted couplings differ in the last digit still counts as one. Every spin is in exactly one group; the partition
        is the coarsest there is (classes of equal isotope and offset are split until none has to be).
        """
        spins = range(len(self))
        groups: list[tuple[int, ...]] = []
        for isotope in dict.fromkeys(self.isotopes):
            of_isotope = [k for k in spins if self.isotopes[k] == isotope]
            groups += _alike(of_isotope, {k: self.offsets_hz[[k]] for k in of_isotope}, tolerance_hz)
        while True:
            finer: list[tuple[int, ...]] = []
            for group in groups:
                outside = [m for m in spins if m not in group]
                finer += _alike(list(group), {k: self.couplings_hz[k, outside] for k in group}, tolerance_hz)
            if len(finer) == len(groups):
                return sorted(groups)
            groups = finer

    def subsystem(self, spins: Sequence[int], tagged_spin: int | None = None) -> SpinSystem:
        """The system of these spins alone, in the order given; couplings to the others are cut.

        ``tagged_spin`` is an index into the new system; by default the old tagged spin if it is among them, else 0.
        """
        spins = list(spins)
        if tagged_spin is None:
            tagged_spin = spins.index(self.tagged_spin) if self.tagged_spin in spins else 0
        isotopes = [self.isotopes[k] for k in spins]
        return SpinSystem(
            self.offsets_hz[spins],
            self.couplings_hz[np.ix_(spins, spins)],
            labels=[self.labels[k] for k in spins],
            isotopes=isotopes,
            observed=self.observed if self.observed in isotopes else "",
            tagged_spin=tagged_spin,
            name=self.name,
            frame=None if self.frame is None else self.frame.retained(isotopes),
            relaxation=None if self.relaxation is None else self.relaxation.of_spins(spins),
        )

    def relabelled(self, order: Sequence[int]) -> SpinSystem:
        """The same system with its spins in another order; the tagged spin moves along."""
        if sorted(order) != list(range(len(self))):
            raise InputError(f"order {list(order)!r}: must be a permutation of 0 … {len(self) - 1}")
        return self.subsystem(order)

    def with_(self, **changes: object) -> SpinSystem:
        """A copy with some fields replaced, validated anew."""
        return replace(self, **changes)


def _alike(spins: list[int], keys: Mapping[int, np.ndarray], tolerance: float) -> list[tuple[int, ...]]:
    """Split ``spins`` into classes whose keys lie within ``tolerance`` of the key of the first member."""
    classes: list[tuple[int, ...]] = []
    while spins:
        members = tuple(k for k in spins if np.all(np.abs(keys[k] - keys[spins[0]]) <= tolerance))
        classes.append(members)
        spins = [k for k in spins if k not in members]
    return classes
