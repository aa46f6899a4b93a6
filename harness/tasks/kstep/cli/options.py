"""Arguments and options that several verbs take."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.values import Span

MOLECULE = click.argument("what", metavar="MOLECULE|SMILES")
CHARGE = click.option("--charge", type=int, help="Total charge, where the SMILES has one.")
TEMPERATURE = click.option(
    "--temperature-k", type=Span("kelvin"), default=300.0, show_default=True, help="Of the start, in K."
)
GEOMETRY = click.option(
    "--geometry", type=click.Path(path_type=Path), help="An .xyz file (Å) that the thermal start is made from."
)
