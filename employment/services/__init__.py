"""Every write of employment."""
