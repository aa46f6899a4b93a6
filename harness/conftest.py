"""Registers the plugin for ``pytest harness/`` in a checkout that is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Does nothing if the entry point has registered the plugin."""
    root = str(Path(__file__).resolve().parent.parent)
    try:
        from harness import plugin
    except ModuleNotFoundError:
        sys.path.insert(0, root)
        from harness import plugin

    from harness.plugin.options import add_run_options

    if not pluginmanager.is_registered(plugin):
        pluginmanager.register(plugin, "spin_harness")
        add_run_options(parser)
