"""Every write of rehabilitation."""
