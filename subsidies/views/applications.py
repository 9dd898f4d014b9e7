"""Applications on their way through the desks."""

from typing import Any

urls: list[Any] = []
