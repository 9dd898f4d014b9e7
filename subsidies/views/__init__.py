"""Pages about the two subsidies."""
