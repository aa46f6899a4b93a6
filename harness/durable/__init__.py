"""All that must survive a kill: files that are whole or absent, locks that die with their owner, resumable shards."""

from harness.durable.atomic import sweep, write_bytes, write_json, write_text, writing
from harness.durable.lock import Locked, lock
from harness.durable.progress import Progress, read_progress

__all__ = ["Locked", "Progress", "lock", "read_progress", "sweep", "write_bytes", "write_json", "write_text", "writing"]
