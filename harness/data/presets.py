"""Presets that come with the package, by name: mixes, trainings, ablations."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError
from harness.resources import shared_folder


def preset_names(kind: str = "mix") -> list[str]:
    """Names of the presets that come with the package."""
    return sorted(path.stem for path in (shared_folder("configs") / kind).glob("*.toml"))


def preset_path(name: str | Path, kind: str = "mix") -> Path:
    """Path of a preset, or of a TOML file of the user.

    Raises
    ------
    InputError
        If neither exists.
    """
    if str(name).endswith(".toml"):
        return Path(name)
    if name not in preset_names(kind):
        raise InputError(
            f"{kind} preset {str(name)!r} is unknown (known: {', '.join(preset_names(kind))}; or a .toml path)"
        )
    return shared_folder("configs") / kind / f"{name}.toml"
