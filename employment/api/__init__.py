"""The employment part of the REST API."""
