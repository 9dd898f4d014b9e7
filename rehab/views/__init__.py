"""Pages of rehabilitation."""
