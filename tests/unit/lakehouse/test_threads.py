"""Threads that talk to Spark: as a pool of so many, but kept for the next."""

import threading
import time
import weakref

import pytest

from lakegloss.lakehouse.threads import ahead, beside, threads


def test_results_come_in_order_and_no_more_than_asked_for_run_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return number * number

    with threads(3) as pool:
        found = list(pool.map(work, range(40)))
    assert found == [number * number for number in range(40)]
    assert most == 3


def test_the_end_waits_for_all_that_was_handed_in() -> None:
    done: list[int] = []

    def slow(number: int) -> None:
        time.sleep(0.01)
        done.append(number)

    with threads(2) as pool:
        for number in range(6):
            pool.submit(slow, number)
    assert sorted(done) == list(range(6))


def test_an_error_is_raised_where_the_result_is_asked_for_and_costs_no_thread() -> None:
    def fail() -> None:
        raise ValueError("no")

    with threads(1) as pool:
        broken, fine = pool.submit(fail), pool.submit(lambda: 7)
    with pytest.raises(ValueError, match="no"):
        broken.result()
    assert fine.result() == 7
    with pytest.raises(ValueError, match="no"):
        beside(fail).result()


def test_what_is_cancelled_while_it_waits_never_runs() -> None:
    go, ran = threading.Event(), threading.Event()
    with threads(1) as pool:
        first, second = pool.submit(go.wait, 5), pool.submit(ran.set)
        assert second.cancel()
        go.set()
    assert first.result()
    assert not ran.is_set()


def test_threads_are_used_again() -> None:
    def one() -> int:
        with threads(1) as pool:
            found = pool.submit(threading.get_ident).result()
        time.sleep(0.005)
        return found

    one()
    before = threading.active_count()
    for _ in range(20):
        one()
    assert threading.active_count() <= before + 1


def test_tasks_inside_tasks_do_not_wait_for_each_other() -> None:
    def outer(number: int) -> int:
        with threads(2) as inner:
            return sum(inner.map(lambda n: n + number, range(3)))

    with threads(2) as pool:
        assert list(pool.map(outer, range(8))) == [3 + 3 * number for number in range(8)]


def test_a_result_is_not_held_once_it_was_taken() -> None:
    class Big:
        pass

    with threads(1) as pool:
        found = pool.submit(Big).result()
        gone = weakref.ref(found)
        del found
        pool.submit(int).result()
        assert gone() is None


def test_the_next_result_is_worked_out_while_one_is_used() -> None:
    begun: list[int] = []
    second = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            second.set()
        return number * 10

    found = []
    for item, result in ahead(work, iter(range(4))):
        assert second.wait(5), "the second was begun before the first was used"
        assert max(begun) <= item + 2, "no more than one is held"
        found.append((item, result))
    assert found == [(n, n * 10) for n in range(4)]
    assert list(ahead(work, [])) == []


def test_an_error_ahead_comes_in_its_turn() -> None:
    def work(number: int) -> int:
        if number == 1:
            raise ValueError("broken")
        return number

    results = ahead(work, range(3))
    assert next(results) == (0, 0)
    with pytest.raises(ValueError, match="broken"):
        next(results)


def test_a_wrong_number_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises(TypeError), threads("three") as pool:  # type: ignore[arg-type]
        pool.submit(print)
