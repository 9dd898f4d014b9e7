"""公示: what everybody may read, for the days set."""

from typing import Any

urls: list[Any] = []
