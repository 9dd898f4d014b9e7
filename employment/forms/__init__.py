"""Forms of employment's pages."""
