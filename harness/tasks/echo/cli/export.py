"""``harness echo export``."""

from harness.tasks.echo.cli.exchange import export_command as command

__all__ = ["command"]
