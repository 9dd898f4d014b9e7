"""Photographs of homes and inspections: brought in, kept, removed (decision 0024)."""
