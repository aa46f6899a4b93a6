"""The pins of the packaged cache: ``spinach_cache.sha256`` here, which ``tools/pin_cache.py`` writes."""

from __future__ import annotations

from pathlib import Path

from harness.bridge.pins import Pins
from harness.resources import shared_folder

PINS = Pins(Path(__file__).with_name("spinach_cache.sha256"), lambda: shared_folder("spinach_cache"))
