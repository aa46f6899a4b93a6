"""One measurement in a process of its own, with one thread set before numpy loads. Knows nothing of spins.

A job is "package.module:function" with JSON arguments. The function returns (call, facts): what to time, and a
function that is given the result of one call and says plain JSON facts about it (errors, sizes). The child measures
time by :mod:`harness.benchmark.timing` and peak memory as the growth of its resident size over what it had before the
first call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any

from harness.benchmark.machine import machine, one_thread, peak_memory_bytes
from harness.benchmark.timing import Protocol, measure

MARK = "benchmark-result:"


def in_child(job: str, arguments: Mapping[str, Any], protocol: Protocol, limit_s: float = 1800.0) -> dict[str, Any]:
    """Run ``job`` in a fresh process and return its record.

    Returns
    -------
    dict
        ``timing``, ``peak_memory_bytes`` (growth), ``facts``, ``machine``; or ``error``, one line, if the job failed or
        took longer than ``limit_s`` in all.
    """
    request = json.dumps({"job": job, "arguments": dict(arguments), "protocol": asdict(protocol)})
    command = [sys.executable, "-m", "harness.benchmark.child"]
    environment = one_thread(dict(os.environ))
    try:
        done = subprocess.run(
            command, input=request, capture_output=True, text=True, timeout=limit_s, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"took longer than {limit_s:g} s"}
    for line in done.stdout.splitlines():
        if line.startswith(MARK):
            return json.loads(line.removeprefix(MARK))
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return {"error": f"exit status {done.returncode}: {last}"}


def main() -> None:
    """The child: read a request from stdin, measure, print the record."""
    from harness.errors import InputError

    request = json.loads(sys.stdin.read())
    module, _, name = request["job"].partition(":")
    try:
        call, facts = getattr(import_module(module), name)(**request["arguments"])
        before = peak_memory_bytes()
        result = call()
        grown = peak_memory_bytes() - before
        timing = measure(call, Protocol(**request["protocol"]))
        record = {
            "timing": timing.as_dict(),
            "peak_memory_bytes": grown,
            "facts": facts(result),
            "machine": machine(),
        }
    except InputError as error:
        record = {"error": str(error)}
    print(MARK + json.dumps(record, allow_nan=False))


if __name__ == "__main__":
    main()
