"""A home's way, step by step (decision 0025)."""
