"""The group ``harness tddft``."""

from __future__ import annotations

from importlib import import_module

import click

VERBS = {
    "cache": "List and check what NWChem answered, or ask it anew.",
    "dataset": "Generate training trajectories, resumably.",
    "simulate": "Propagate a molecule under its field with any method.",
    "spectrum": "The absorption spectrum of a molecule, in eV.",
    "train": "Train a model of the Fock matrix from trajectories.",
}


class LazyVerbs(click.Group):
    """Verbs whose modules are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in alphabetical order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of ``harness/tasks/tddft/cli/<verb>.py``, its object ``command``."""
        if cmd_name not in VERBS:
            return None
        return import_module(f"harness.tasks.tddft.cli.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line for each verb, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Real-time TDDFT: electrons of molecules under kicks and pulses, judged against NWChem.

    \b
    harness tddft simulate h2o --functional lda --kick 0.001 --horizon-au 50 --out h2o.csv
    harness tddft spectrum lih --out lih.png
    """
