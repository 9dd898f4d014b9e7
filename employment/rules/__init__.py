"""What law and plan say of employment."""

from employment.rules.training import completed_records, trained

__all__ = ["completed_records", "trained"]
