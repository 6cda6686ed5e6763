"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# How long an example takes depends on who else uses the machine, and on `make coverage`.
settings.register_profile("lakegloss", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lakegloss")
