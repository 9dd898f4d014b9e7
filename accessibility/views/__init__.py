"""Pages of accessibility, by topic."""
