"""Employment's part of the API: read-only, the own area, people by number and masked name."""
