"""Forms of accessibility, by topic."""
