"""年度复核 of recipients."""

from typing import Any

urls: list[Any] = []
