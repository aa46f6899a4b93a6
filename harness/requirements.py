"""What the optional extras need, and the command that installs it here: in a clone, or with an installed wheel.

The distribution is on no package index; pip therefore cannot find its extras by its name. A clone installs its own
extras; for a wheel the command names the packages themselves, as the metadata of the distribution lists them.
"""

from __future__ import annotations

import json
import shlex
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlparse

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION = "spin-harness"


def requirements(extra: str = "") -> tuple[Requirement, ...]:
    """The requirements that an extra adds, or those of the distribution itself ("")."""
    found = map(Requirement, _listed())
    return tuple(one for one in found if _belongs(one, extra) and (not extra or not _belongs(one, "")))


def distributions() -> tuple[str, ...]:
    """Names of the distribution, of all its requirements and of those of its extras, installed or not."""
    return tuple(dict.fromkeys([DISTRIBUTION, *(Requirement(line).name for line in _listed())]))


def required(extra: str, package: str) -> Requirement | None:
    """The requirement of an extra on one package, without its marker; None if it has none."""
    for one in requirements(extra):
        if canonicalize_name(one.name) == canonicalize_name(package):
            one.marker = None
            return one
    return None


def install_command(extra: str = "") -> str:
    """The pip command that installs an extra, or the missing requirements of the distribution itself (""), here."""
    clone = _clone()
    if clone is not None:
        place = "." if clone == Path.cwd() else str(clone)
        return f"pip install -e {shlex.quote(f'{place}[{extra}]') if extra else shlex.quote(place)}"
    return " ".join(["pip install", *(shlex.quote(_plain(one)) for one in requirements(extra))])


def _belongs(one: Requirement, extra: str) -> bool:
    return one.marker is None or one.marker.evaluate({"extra": extra})


def _plain(one: Requirement) -> str:
    """A requirement without its marker."""
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    return f"{one.name}{extras}{one.specifier}"


def _listed() -> list[str]:
    """The lines Requires-Dist of the installed distribution, or of a checkout that is not installed."""
    found = _distribution()
    if found is not None:
        return found.requires or []
    project = tomllib.loads((_checkout() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra, more in project["optional-dependencies"].items():
        lines += [f"{line}; extra == {extra!r}" for line in more]
    return lines


def _clone() -> Path | None:
    """The folder of the clone that is imported, None if it is an installed wheel.

    An editable installation records this in ``direct_url.json`` (PEP 610).
    """
    found = _distribution()
    if found is None:
        return _checkout()
    about = json.loads(found.read_text("direct_url.json") or "{}")
    if not about.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlparse(about["url"]).path))


def _distribution() -> Distribution | None:
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None


def _checkout() -> Path:
    return Path(__file__).resolve().parents[1]
