"""What the JVM prints while Spark starts reaches the terminal, but for what helps nobody."""

import signal
from collections.abc import Iterator

import pytest
from pyspark import java_gateway

from lakegloss.lakehouse.session.interrupts import interruptible_start
from tests.kits.waiting import until

JVM = r"""
echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
echo "WARNING: something else about incubator modules" >&2
echo "to the output"
printf "OpenJDK VM error: no memory" >&2
"""


@pytest.fixture
def _handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_handler")
def test_only_the_line_about_incubator_modules_is_left_out(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with interruptible_start():
        process = java_gateway.Popen(["sh", "-c", JVM])
    assert process.wait(30) == 0
    out, err = "", ""

    def ended() -> bool:
        nonlocal out, err
        more = capfd.readouterr()
        out, err = out + more.out, err + more.err
        return err.endswith("no memory")

    until(ended)
    assert out == "to the output\n"
    assert err == "WARNING: something else about incubator modules\nOpenJDK VM error: no memory"
