"""Recipients: stops, resumptions, and accounts that are paid to."""

from typing import Any

urls: list[Any] = []
