"""Surrogates of spin dynamics, one file or folder each."""

from pathlib import Path

PRETRAINED = Path(__file__).with_name("pretrained")
"""Folder of the weights that come with the package."""
