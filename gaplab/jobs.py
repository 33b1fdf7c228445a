"""Independent tasks in parallel: in joblib's processes on this machine, or on a Dask cluster."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from gaplab.records import RecordError

__all__ = ["Progress", "Report", "run_tasks"]

Progress = Callable[[int, int, str], None]
"""Called with (done, total, message)."""

Report = Callable[[int, str], None]
Task = tuple[Any, ...]

_POLL_SECONDS = 0.2
_channel: Any = None


def run_tasks(
    work: Callable[..., None],
    tasks: Sequence[Task],
    sizes: Sequence[int],
    *,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Call ``work(*task, report)`` for every task, at most `jobs` at a time.

    Parameters
    ----------
    work : callable
        A module-level function; it calls ``report(done, message)`` as it goes.
    tasks : sequence of tuple
        Arguments, picklable.
    sizes : sequence of int
        How much is to be done in each task, in the unit of its reports.
    jobs : int
        Processes; with 1 everything runs in this one.
    cluster : str, optional
        Run on Dask instead: the address of a scheduler (``tcp://host:8786``), or ``local:4`` for
        four workers here. A task whose worker dies is begun again on another, so that it must
        not matter how often a task is done. Progress is told task by task.
    progress : callable, optional
        Told the sums over all tasks.

    Raises
    ------
    RecordError
        If a process dies, or the cluster cannot be used. What a task raises is raised here, once
        those under way have ended; none begins after it.
    """
    done = [0] * len(tasks)

    def tell(index: int, amount: int, message: str) -> None:
        done[index] = amount
        if progress is not None:
            progress(sum(done), sum(sizes), message)

    if cluster is not None:
        _on_cluster(work, tasks, sizes, cluster, tell)
        return
    if min(jobs, len(tasks)) <= 1:
        for index, task in enumerate(tasks):
            work(*task, lambda amount, message, index=index: tell(index, amount, message))
        return
    from joblib.externals import loky  # what joblib.Parallel runs on, here with live progress

    context = loky.backend.get_context("loky")
    channel = context.Queue()
    if progress is not None:
        progress(0, sum(sizes), f"starting {min(jobs, len(tasks))} processes")
    with (
        warnings.catch_warnings(),
        loky.ProcessPoolExecutor(
            min(jobs, len(tasks)),
            context=context,
            initializer=_connect,
            initargs=(channel, os.getpid()),
        ) as pool,
    ):
        # A process whose memory has grown makes room for a fresh one between two tasks.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        pending = {pool.submit(_call, work, index, task) for index, task in enumerate(tasks)}
        _follow(pending, channel, tell)


def _follow(pending: set[Future[Any]], channel: Any, tell: Callable[[int, int, str], None]) -> None:
    failed: BaseException | None = None
    told: dict[int, Any] = {}
    finished: set[int] = set()
    while pending:
        ended, pending = wait(pending, timeout=_POLL_SECONDS)
        while True:
            try:
                message = channel.get_nowait()
            except queue.Empty:
                break
            if message[0] not in finished:
                told[message[0]] = message
                tell(*message)
        for future in ended:
            failed = failed or future.exception()
            last = None if future.exception() else future.result()
            if last is not None:  # a task's last word may still be on its way when it has ended
                finished.add(last[0])
                if told.get(last[0]) != last:
                    tell(*last)
        if failed is not None:
            pending = {future for future in pending if not future.cancel()}
    if isinstance(failed, BrokenProcessPool):
        raise RecordError(
            "a process was killed (out of memory?); run again with fewer jobs."
        ) from failed
    if failed is not None:
        raise failed


def _connect(channel: Any, parent: int) -> None:
    global _channel
    _channel = channel
    threading.Thread(target=_follow_parent, args=(parent,), daemon=True).start()


def _follow_parent(parent: int) -> None:
    """End with the parent: a killed one leaves no process behind that writes into its files."""
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(1)


def _call(work: Callable[..., None], index: int, task: Task) -> tuple[int, int, str] | None:
    last = None

    def report(amount: int, message: str) -> None:
        nonlocal last
        last = (index, amount, message)
        _channel.put(last)

    work(*task, report)
    return last


def _on_cluster(
    work: Callable[..., None],
    tasks: Sequence[Task],
    sizes: Sequence[int],
    cluster: str,
    tell: Callable[[int, int, str], None],
) -> None:
    with _client(cluster) as client:
        from distributed import KilledWorker, as_completed

        futures = [client.submit(_call_quietly, work, task, pure=False) for task in tasks]
        numbers = {future.key: index for index, future in enumerate(futures)}
        failed: BaseException | None = None
        for done, future in enumerate(as_completed(futures), start=1):
            if future.cancelled():
                continue
            failed = failed or future.exception()
            if failed is not None:
                client.cancel([f for f in futures if not f.done()])
                break
            index = numbers[future.key]
            tell(index, sizes[index], f"{done} of {len(tasks)} done on {cluster}")
    if isinstance(failed, KilledWorker):
        raise RecordError(
            f"workers of {cluster} were killed again and again (out of memory?); "
            "give them more memory, or ask for less."
        ) from failed
    if failed is not None:
        raise failed


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    """A client of the cluster that `cluster` names."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise RecordError(
            f'--cluster {cluster} needs Dask, which is not installed; pip install "gaplab[dask]".'
        ) from None
    kind, _, rest = cluster.partition(":")
    if kind == "local" and rest.isdigit() and int(rest) > 0:
        with (
            LocalCluster(
                n_workers=int(rest),
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.ERROR,
            ) as local,
            Client(local) as client,
        ):
            yield client
        return
    if not rest.startswith("//"):
        raise RecordError(
            f"--cluster {cluster} names no cluster; give local:4 or an address like "
            "tcp://host:8786."
        )
    try:
        client = Client(cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise RecordError(
            f"--cluster {cluster} does not answer ({error}); start dask scheduler there."
        ) from None
    with client:
        yield client


def _call_quietly(work: Callable[..., None], task: Task) -> None:
    work(*task, lambda amount, message: None)
