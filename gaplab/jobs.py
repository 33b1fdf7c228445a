"""Independent tasks in parallel processes, with progress from all of them."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
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
    progress : callable, optional
        Told the sums over all tasks.

    Raises
    ------
    RecordError
        If a process dies. What a task raises is raised here, once all others have ended.
    """
    done = [0] * len(tasks)

    def tell(index: int, amount: int, message: str) -> None:
        done[index] = amount
        if progress is not None:
            progress(sum(done), sum(sizes), message)

    if min(jobs, len(tasks)) <= 1:
        for index, task in enumerate(tasks):
            work(*task, lambda amount, message, index=index: tell(index, amount, message))
        return
    context = multiprocessing.get_context("spawn")
    channel = context.Queue()
    if progress is not None:
        progress(0, sum(sizes), f"starting {min(jobs, len(tasks))} processes")
    with ProcessPoolExecutor(
        min(jobs, len(tasks)), context, initializer=_connect, initargs=(channel,)
    ) as pool:
        pending = {pool.submit(_call, work, index, task) for index, task in enumerate(tasks)}
        _follow(pending, channel, tell)


def _follow(
    pending: set[Future[None]], channel: Any, tell: Callable[[int, int, str], None]
) -> None:
    failed: BaseException | None = None
    while pending:
        ended, pending = wait(pending, timeout=_POLL_SECONDS)
        while True:
            try:
                tell(*channel.get_nowait())
            except queue.Empty:
                break
        for future in ended:
            failed = failed or future.exception()
    if isinstance(failed, BrokenProcessPool):
        raise RecordError(
            "a process was killed (out of memory?); run again with fewer jobs."
        ) from failed
    if failed is not None:
        raise failed


def _connect(channel: Any) -> None:
    global _channel
    _channel = channel


def _call(work: Callable[..., None], index: int, task: Task) -> None:
    work(*task, lambda amount, message: _channel.put((index, amount, message)))
