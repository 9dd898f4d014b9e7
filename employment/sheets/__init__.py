"""Employment's sheets. Importing them registers them with the sheet engine."""

from employment.sheets.training import TrainingSheet

__all__ = ["TrainingSheet"]
