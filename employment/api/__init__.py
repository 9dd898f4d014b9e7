"""Endpoints of employment."""
