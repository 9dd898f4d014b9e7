"""What was paid and has to come back."""

from typing import Any

urls: list[Any] = []
