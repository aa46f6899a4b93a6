"""Training data: the multi-fidelity mix, its generation, and the dataset file; the task defines what a mix contains."""

from harness.data.block import SPLITS, Block, BlockFormat, joined, select
from harness.data.dataset import Dataset, read_dataset, write_dataset
from harness.data.generate import generate
from harness.data.mix import Mix, load_mix
from harness.data.presets import preset_names
from harness.data.seeds import Unit, seed_of

__all__ = [
    "SPLITS",
    "Block",
    "BlockFormat",
    "Dataset",
    "Mix",
    "Unit",
    "generate",
    "joined",
    "load_mix",
    "preset_names",
    "read_dataset",
    "seed_of",
    "select",
    "write_dataset",
]
