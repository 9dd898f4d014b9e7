"""Accessibility in the REST API, read only. The pages' scope, masking and audit."""
