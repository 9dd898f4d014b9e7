"""The same as the pages, for machines."""
