"""Protection against a kill: files that are complete or absent, locks that end with their process, resumable shards."""

from harness.durable.atomic import json_text, sweep, write_bytes, write_json, write_text, writing
from harness.durable.lock import Locked, lock
from harness.durable.progress import Progress, read_progress
from harness.durable.system_errors import Unwritable, check_file, check_folder, described, make_folder

__all__ = [
    "Locked",
    "Progress",
    "Unwritable",
    "check_file",
    "check_folder",
    "described",
    "json_text",
    "lock",
    "make_folder",
    "read_progress",
    "sweep",
    "write_bytes",
    "write_json",
    "write_text",
    "writing",
]
