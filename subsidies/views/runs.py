"""Monthly runs, from the proposal to the bank's answer."""

from typing import Any

urls: list[Any] = []
