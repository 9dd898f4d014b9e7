"""Money by month, street and standard."""

from typing import Any

urls: list[Any] = []
