"""Training data of spin systems: what a mix holds, how its systems are drawn, blocks and their files."""

from harness.tasks.spins.data.block import FIDELITIES, Block, block_of
from harness.tasks.spins.data.draw import Unit, draw, units
from harness.tasks.spins.data.mix import Mix, load_mix, parse_mix
from harness.tasks.spins.data.part import Part

__all__ = ["FIDELITIES", "Block", "Mix", "Part", "Unit", "block_of", "draw", "load_mix", "parse_mix", "units"]
