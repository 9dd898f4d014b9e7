"""Forms of the two subsidies."""
