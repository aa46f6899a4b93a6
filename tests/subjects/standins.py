"""Packages that stand in for a peer and end their process: made by a test, first on the path of every process."""

from __future__ import annotations

from pathlib import Path

DEATHS = {
    "SIGILL": ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "died with SIGILL"),
    "SIGSEGV": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died with SIGSEGV"),
    "exit 3": ("import os; os._exit(3)", "ended with exit status 3"),
    "exit 0": ("import os; os._exit(0)", "ended with exit status 0"),
    "hang": ("import time; time.sleep(600)", "gave no result within 3 s"),
}
"""Name: (code that ends or stops the process, the words about it)."""


def package(folder: Path, name: str, version: str, when_imported: str = "", when_called: str = "") -> None:
    """A package of this name and version; ``when_called`` runs at the first use of any of its attributes."""
    code = [when_imported or "pass", "def __getattr__(name):"]
    code += ["    if name.startswith('__'):", "        raise AttributeError(name)", f"    {when_called or 'pass'}"]
    code += [f"    raise AttributeError('the stand-in of {name} has no ' + name)"]
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text("\n".join(code) + "\n", encoding="utf-8")
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
