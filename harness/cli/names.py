"""Names on the command line: the error for an unknown name gives the nearest known one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from harness.errors import nearest


class Group(click.Group):
    """A group of verbs; the error for an unknown verb gives the nearest one, and a repeated option is refused."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As in click, with the nearest verb and all verbs in the message; repeated options are refused."""
        name = args[0]
        known = self.list_commands(ctx)
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and not name.startswith("-"):
            ctx.fail(f"no verb {name!r}{nearest(name, known)} (known: {', '.join(known)})")
        found, command, rest = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group) and not ctx.resilient_parsing:
            refuse_repeated(command, ctx, found or name, rest)
        return found, command, rest


def refuse_repeated(command: click.Command, parent: click.Context, name: str, arguments: Sequence[str]) -> None:
    """Refuse an option that takes one value and is given twice: click would use the last one without a warning.

    Raises
    ------
    click.UsageError
        Naming the option.
    """
    with command.context_class(command, info_name=name, parent=parent) as context:
        try:
            _, _, order = command.make_parser(context).parse_args(list(arguments))
        except click.UsageError:
            return  # click itself reports this, with a better message
        for option in order:
            once = isinstance(option, click.Option) and not option.multiple and not option.count
            if once and order.count(option) > 1:
                context.fail(f"{option.opts[0]} is given twice; keep one")


class Name(click.Choice):
    """One of a list of names; for a wrong name the error gives the nearest one, or the text from ``elsewhere``."""

    def __init__(self, choices: Sequence[str], elsewhere: Mapping[str, str] | None = None) -> None:
        super().__init__(choices)
        self.elsewhere = dict(elsewhere or {})

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As in click, with the nearest name in the message."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            known = [str(choice) for choice in self.choices]
            if value in self.elsewhere:
                self.fail(f"{value!r}: {self.elsewhere[value]} (known: {', '.join(known)})", param, ctx)
            self.fail(
                f"{value!r} is not one of them{nearest(str(value), known)} (known: {', '.join(known)})", param, ctx
            )
