"""Every write to the subsidies' tables."""
