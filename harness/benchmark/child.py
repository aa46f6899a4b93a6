"""One measurement in a separate process, with one thread set before numpy loads.

A job's target is "package.module:function" with JSON arguments. The function returns (call, facts): the call to time,
and a function that receives the result of one call and returns facts about it (errors, sizes) as JSON values. The child
process measures time by :mod:`harness.benchmark.timing` and peak memory as the growth of its resident size since before
the first call. The code that is timed may be foreign: if it ends the process, the result is an ``error`` of one line.
The total time of all calls, measured by the child, is compared with the time that passed in the main process.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.util import find_spec
from time import monotonic, perf_counter
from typing import Any

from harness.benchmark.machine import conditions, peak_memory_bytes
from harness.benchmark.timing import Protocol, measure
from harness.children import Child, Lost, one_line, private_pipes, receive_frame, send_frame
from harness.machine import one_thread

BEGIN, END = "being timed", "being judged"
# Apart from the calls, little time passes between the child's two messages: the transfer of a message through a pipe,
# and on a busy machine the time that this process waits for a processor.
SLACK_S = 0.25
SLACK = 0.1


@dataclass(frozen=True)
class Work:
    """What a child runs: packages to import first (their memory is not that of a call), ``target`` with ``arguments``.

    ``known_as`` begins the sentence that reports its failure ("its process", "package 1.2.3").
    """

    target: str
    arguments: Mapping[str, Any]
    imports: tuple[str, ...] = ()
    known_as: str = field(default="its process", compare=False)


def in_child(work: Work, protocol: Protocol, limit_s: float = 1800.0) -> dict[str, Any]:
    """Run ``work`` in a fresh process and return its record.

    Returns
    -------
    dict
        ``timing``, ``peak_memory_bytes`` (growth), ``facts``, ``machine``; or ``error``, one line, if the work failed,
        its process died or took longer than ``limit_s`` in total, or its clock does not agree with ours.
    """
    child = Child("harness.benchmark.child", one_thread(dict(os.environ)))
    deadline, doing = monotonic() + limit_s, "importing"
    seen: dict[str, float] = {}
    try:
        request = {key: value for key, value in asdict(work).items() if key != "known_as"}
        child.send({**request, "protocol": asdict(protocol)}, limit_s)
        while "record" not in (message := child.receive(max(0.0, deadline - monotonic()))):
            doing = one_line(message.get("doing", doing), 40)
            seen[doing] = perf_counter()
            if doing == BEGIN:
                child.send({}, limit_s)
    except Lost as lost:
        late = monotonic() >= deadline
        sentence = f"{work.known_as} took longer than {limit_s:g} s" if late else lost.sentence(work.known_as, doing)
        return {"error": sentence}
    finally:
        child.stop()
    record = message["record"]
    if not isinstance(record, dict):
        return {"error": f"{work.known_as} sent a record that is no JSON object"}
    return record if "error" in record else _held_against(record, seen, work.known_as)


def _held_against(record: dict[str, Any], seen: Mapping[str, float], known_as: str) -> dict[str, Any]:
    """The record, or an error if the child's time differs from the time that passed between its messages."""
    try:
        counted, passed = float(record["timing"]["spent_s"]), seen[END] - seen[BEGIN]
    except (KeyError, TypeError, ValueError):
        return {"error": f"{known_as} sent no times"}
    if passed - SLACK_S - SLACK * passed <= counted <= passed:
        return record
    return {"error": f"{known_as} counted {counted:.3g} s in calls that took {passed:.3g} s by our clock"}


def main() -> None:
    """The child: read a request, measure, send the record."""
    from harness.errors import InputError

    source, sink = private_pipes()
    request = receive_frame(source)
    module, _, name = request["target"].partition(":")
    try:
        for package in request["imports"]:
            if find_spec(package):  # the target reports a missing package, with the remedy
                import_module(package)
        function = getattr(import_module(module), name)
        send_frame(sink, {"doing": "being prepared"})
        call, facts = function(**request["arguments"])
        send_frame(sink, {"doing": "being called first"})
        before = peak_memory_bytes()
        result = call()
        grown = peak_memory_bytes() - before
        send_frame(sink, {"doing": BEGIN})
        receive_frame(source)
        timing = measure(call, Protocol(**request["protocol"]))
        send_frame(sink, {"doing": END})
        record = {
            "timing": timing.as_dict(),
            "peak_memory_bytes": grown,
            "facts": facts(result),
            "machine": conditions(),
        }
    except InputError as error:
        record = {"error": str(error)}
    send_frame(sink, {"record": record})
