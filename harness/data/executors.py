"""Executors: processes of this machine, or a dask cluster; both have the interface of ``concurrent.futures``."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from harness.errors import InputError
from harness.requirements import install_command


@contextmanager
def executor(workers: int = 0, cluster: str | None = None, patience_s: float = 10.0) -> Iterator[tuple[Executor, int]]:
    """An executor and its number of workers.

    Parameters
    ----------
    workers
        Processes on this machine; 0 for one per core that this process may use.
    cluster
        Address of a dask scheduler, e.g. ``tcp://10.0.0.1:8786``; it then determines the number of workers.
    patience_s
        How long to wait for the scheduler.

    Raises
    ------
    InputError
        If ``dask.distributed`` is not installed, or the scheduler does not answer or has no workers.
    """
    if cluster is not None:
        with _dask(cluster, patience_s) as made:
            yield made
        return
    count = workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else workers or 1
    # spawn, not fork: torch and BLAS threads of the parent do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_follow_parent, initargs=(os.getpid(),))
    try:
        yield pool, count
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask(address: str, patience_s: float) -> Iterator[tuple[Executor, int]]:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(f"--cluster needs dask.distributed: {install_command('cluster')}") from None
    try:
        client = Client(address, timeout=patience_s, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        line = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"cluster {address!r}: no scheduler answers there ({line})") from None
    try:
        count = len(client.scheduler_info(n_workers=-1)["workers"])
        if not count:
            raise InputError(
                f"cluster {address!r}: the scheduler has no workers; start some with 'dask worker {address}'"
            )
        # pure=False: every call is computed; no result is taken from a cache by its arguments.
        with client.get_executor(pure=False) as pool:
            yield pool, count
    finally:
        client.close()


def _follow_parent(parent: int) -> None:
    """End this worker when its parent process has ended: a killed parent cannot send a message."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
