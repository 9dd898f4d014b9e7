"""Every write of accessibility."""
