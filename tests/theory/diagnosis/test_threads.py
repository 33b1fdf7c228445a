from threading import Barrier

from threadpoolctl import threadpool_info, threadpool_limits

from theory.diagnosis.threads import one_thread_each


def limits(barrier):
    barrier.wait()  # holds its thread until every thread of the pool has a task
    return {found["num_threads"] for found in threadpool_info()}


def test_no_thread_of_the_pool_starts_others():
    with threadpool_limits(2):  # as on a machine of two cores, whatever this one has
        barrier = Barrier(2)
        with one_thread_each(2) as pool:
            found = [pool.submit(limits, barrier) for _ in range(2)]
            assert [each.result() for each in found] == [{1}, {1}]
        assert max(found["num_threads"] for found in threadpool_info()) == 2


def test_no_jobs_are_one_job():
    with one_thread_each(0) as pool:
        assert pool.submit(int, 3).result() == 3
