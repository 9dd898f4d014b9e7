"""What each role may do: one table, read by Django's own permission checks (`user.has_perm`)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from zalainuoer.common.models import Role, User

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMINISTRATOR: frozenset({"common.manage_accounts", "common.manage_parameters"}),
    Role.FEDERATION_STAFF: frozenset(
        {
            "common.upload_sheets",
            "common.view_all_batches",
            "common.export_sheets",
            "indicators.view_figures",
            "indicators.view_people",
            "indicators.recompute",
        }
    ),
    Role.STREET_STAFF: frozenset({"common.upload_sheets", "indicators.view_figures", "indicators.view_people"}),
    Role.LIAISON: frozenset({"common.upload_sheets"}),
    Role.LEADERSHIP: frozenset({"indicators.view_figures"}),
}


class RoleBackend(ModelBackend):
    """Checks the password as Django does, and grants what the role's row in the table says."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_active and perm in PERMISSIONS[user_obj.role]
