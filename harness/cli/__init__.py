"""The command line: one module per verb, imported when it is called.

Exit status: 0 done, 1 a target is missed, 2 input cannot be used; see :mod:`harness.cli.ends` for the others.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from harness.cli.ends import OutputClosed, ends
from harness.cli.names import Group

VERBS = {
    "advise": "Say which method suits a system, a horizon and an error.",
    "benchmark": "Time the references or surrogates under the timing protocol.",
    "cache": "Build, list, verify, show and compare what Spinach said.",
    "compare": "Lay several subjects side by side.",
    "convert": "Turn spin systems into SpinXML, a Spinach script or TOML, and back.",
    "data": "Generate training data, resumably.",
    "doctor": "Show what is here, what is missing, and how to get it.",
    "fit": "Fit offsets and couplings to a measured FID.",
    "molecules": "List, search and show the molecules that come with the package.",
    "nightly": "Data, training, suites and report in one resumable run.",
    "peaks": "List the lines and multiplets of a molecule: ppm, Hz, intensity, integral.",
    "simulate": "Simulate molecules or system files with any method.",
    "train": "Train a surrogate, resumably.",
}

OF_SPINS = ("advise", "convert", "fit", "molecules", "peaks", "simulate")


class LazyVerbs(Group):
    """Verbs whose modules are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in alphabetical order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of ``harness/cli/<verb>.py``, its object ``command``."""
        if cmd_name not in VERBS:
            return None
        home = "harness.tasks.spins.cli" if cmd_name in OF_SPINS else "harness.cli"
        return import_module(f"{home}.{cmd_name}").command

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise OutputClosed from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line per verb, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spin-harness", prog_name="harness")
def cli() -> None:
    """May a fast surrogate of spin dynamics be trusted in place of Spinach?

    Example: harness simulate alanine --method exact --points 300 --dt-s 1e-4 --out alanine.csv
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; whatever ends it early is one line on stderr and an exit status, never a traceback."""
    with ends() as end:
        end.status = cli.main(args=arguments, prog_name="harness", standalone_mode=False)
    sys.exit(end.status if isinstance(end.status, int) else 0)
