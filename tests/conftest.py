"""What holds for all tests."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes depends on who else uses the machine, and on `make coverage`.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# A run that judges a commit says the same twice; runs at a desk and the soak look further.
_JUDGES = bool(os.environ.get("CI"))
settings.register_profile("quick", max_examples=25, derandomize=_JUDGES, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("soak", max_examples=400, **_COMMON)  # type: ignore[arg-type]
settings.load_profile("quick")  # `--hypothesis-profile soak` comes later and stays


@pytest.hookimpl(tryfirst=True)  # before -m picks tests by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under the profile `soak` property tests are part of the soak, with many examples."""
    if config.getoption("hypothesis_profile", None) != "soak":
        return
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.soak)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: no use to look for garbage in it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
