"""比对: what the rosters and the register say against each other."""

from typing import Any

urls: list[Any] = []
