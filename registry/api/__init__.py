"""The registry in the REST API: people, certificates and households, read only. The pages' scope, masking and audit."""
