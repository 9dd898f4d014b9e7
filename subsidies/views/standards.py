"""Standards: what a month of a subsidy comes to."""

from typing import Any

urls: list[Any] = []
