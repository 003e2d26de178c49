"""Waiting for other processes: no test measures how long, and every wait has an end."""

import time
from collections.abc import Callable

# A hundred times what nearly anything here takes on a quiet machine.
PATIENCE_SECONDS = 600.0


def until(holds: Callable[[], object], otherwise: str) -> None:
    """Look again and again until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
