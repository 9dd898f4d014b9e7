"""Accessibility's pages."""
