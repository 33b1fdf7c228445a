"""A pool of threads that are all the threads there are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

__all__ = ["one_thread_each"]


@contextmanager
def one_thread_each(jobs: int) -> Iterator[Executor]:
    """Give a pool of `jobs` threads in which BLAS and OpenMP start no further ones.

    BLAS keeps one limit for all threads. OpenMP, with which k-means runs, keeps one a thread, and
    a new thread starts from that of the machine: so every thread of the pool sets its own.
    """
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(max(1, jobs), initializer=threadpool_limits, initargs=(1,)) as pool,
    ):
        yield pool
