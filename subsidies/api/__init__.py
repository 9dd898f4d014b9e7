"""The subsidies in the REST API, read only: standards, applications, grants, payments, runs and findings. The pages'
scope, masking and audit."""
