"""What the shell completes besides molecules: methods, models, subjects.

Completion must be quick and must never fail in the middle of somebody's typing: nothing heavy is imported.
"""

from __future__ import annotations

import click


def _starting(words: list[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def complete_method(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the reference methods."""
    from harness.tasks.spins.references import METHODS

    return _starting(list(METHODS), incomplete)


def complete_model(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the models that can be trained."""
    from harness.surrogates import SURROGATES

    return _starting(list(SURROGATES), incomplete)


def complete_subject(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of surrogates, methods and peers; a path or package.module:object is for the reader to type."""
    from harness.surrogates import SURROGATES
    from harness.tasks.spins.peers import PEERS
    from harness.tasks.spins.references import METHODS

    return _starting([*SURROGATES, *METHODS, *PEERS], incomplete)
