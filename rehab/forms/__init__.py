"""Forms of rehabilitation's pages."""
