"""Tasks in this process, and how the fate of those in others is told."""

import queue
import subprocess
import sys
import warnings
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from gaplab.jobs import Report, _follow, run_tasks
from gaplab.records import RecordError


def work(amount: int, name: str, report: Report) -> None:
    for done in range(1, amount + 1):
        report(done, name)


def test_progress_is_summed_over_tasks() -> None:
    seen: list[tuple[int, int, str]] = []
    run_tasks(work, [(2, "a"), (1, "b")], [2, 1], progress=lambda *told: seen.append(told))
    assert seen == [(1, 3, "a"), (2, 3, "a"), (3, 3, "b")]


def test_without_progress_and_without_tasks_nothing_is_needed() -> None:
    worked: list[str] = []
    run_tasks(lambda name, report: worked.append(name), [("a",)], [1])
    run_tasks(work, [], [], jobs=4)
    assert worked == ["a"]


def ended(error: BaseException | None = None, last: Any = None) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(last) if error is None else future.set_exception(error)
    return future


def follow(*futures: Future[Any], told: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    channel: queue.Queue[Any] = queue.Queue()
    for message in told:
        channel.put(message)
    seen: list[tuple[Any, ...]] = []
    _follow(set(futures), channel, lambda *message: seen.append(message))
    return seen


def test_what_processes_tell_is_passed_on_to_the_last_message() -> None:
    messages = ((0, 1, "a"), (1, 2, "b"))
    assert follow(ended(), ended(), told=messages) == list(messages)


def test_a_last_word_that_is_late_is_told_once() -> None:
    assert follow(ended(last=(0, 2, "a")), told=((0, 1, "a"),)) == [(0, 1, "a"), (0, 2, "a")]
    assert follow(ended(last=(0, 2, "a")), told=((0, 2, "a"),)) == [(0, 2, "a")]


def test_the_error_of_a_process_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        follow(ended(), ended(ZeroDivisionError()))


def test_a_killed_process_is_named_with_the_remedy() -> None:
    with pytest.raises(RecordError, match=r"killed .* run again with fewer jobs"):
        follow(ended(BrokenProcessPool()))


def test_nothing_begins_after_a_failure() -> None:
    waiting: Future[None] = Future()
    with pytest.raises(ZeroDivisionError):
        follow(ended(ZeroDivisionError()), waiting)
    assert waiting.cancelled()


@pytest.mark.filterwarnings("error")
def test_a_process_that_makes_room_for_another_is_not_told_of() -> None:
    told: list[int] = []

    def warn(done: int, total: int, message: str) -> None:
        if done:  # the processes have begun
            warnings.warn("A worker stopped while some jobs were given to it.", stacklevel=1)
            told.append(done)

    run_tasks(work, [(1, "a"), (1, "b")], [1, 1], jobs=2, progress=warn)
    assert told == [1, 2]


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from gaplab.jobs import run_tasks\n"
        "def work(name, report):\n"
        "    report(1, name)\n"
        "told = []\n"
        "run_tasks(work, [('a',), ('b',)], [1, 1], jobs=2, progress=lambda *x: told.append(x))\n"
        "print(told[-1][:2])\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.stdout == "(2, 2)\n", done.stderr
