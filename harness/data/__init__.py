"""Training data: the multi-fidelity mix, its generation, and the file it ends in."""

from harness.data.block import SPLITS, Block, block_of, joined, select
from harness.data.dataset import Dataset, read_dataset, write_dataset
from harness.data.draw import draw, seed_of, units
from harness.data.generate import generate
from harness.data.mix import Mix, Part, load_mix, parse_mix, preset_names

__all__ = [
    "SPLITS",
    "Block",
    "Dataset",
    "Mix",
    "Part",
    "block_of",
    "draw",
    "generate",
    "joined",
    "load_mix",
    "parse_mix",
    "preset_names",
    "read_dataset",
    "seed_of",
    "select",
    "units",
    "write_dataset",
]
