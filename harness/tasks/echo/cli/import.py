"""``harness echo import``."""

from harness.tasks.echo.cli.exchange import import_command as command

__all__ = ["command"]
