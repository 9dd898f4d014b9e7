"""Rehabilitation in the REST API: needs, services and referrals, read only. The pages' scope, masking and audit."""
