"""Accessibility's forms."""
