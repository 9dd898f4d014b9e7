"""Rehabilitation for machines: read only."""
