"""What each role may do: one table, read by Django's own permission checks (`user.has_perm`)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from zalainuoer.common.models import Role, User

FIGURES = frozenset({"indicators.view_figures", "indicators.view_people"})
# Whoever meets people: in the district, a street or a community, each within the own area.
PEOPLE = frozenset({"registry.view_people", "registry.reveal_people", "registry.export_people"})
KEEPING = frozenset(
    {"registry.change_facts", "registry.change_certificates", "registry.merge_people", "common.manage_divisions"}
)

# Whoever has to do with the subsidies sees applications, runs and findings, each within the own area.
SUBSIDIES = frozenset({"subsidies.view_subsidies", "subsidies.resolve_findings", "subsidies.confirm_reviews"})
COUNTER = frozenset({"subsidies.accept_applications", "subsidies.change_bank_accounts"})
# Rehabilitation: who asks in homes and sees it, and who records on the spot what was given; the federation decides.
REHAB = frozenset({"rehab.view_rehab", "rehab.record_survey"})
REHAB_ON_THE_SPOT = REHAB | {"rehab.record_services"}
# Employment: who helps people find work, and in the federation who keeps employers, levy and audit.
EMPLOYMENT = frozenset({"employment.view_employment", "employment.record_employment"})
# Accessibility: who visits homes and places and says what is there; the federation decides and pays.
ACCESSIBILITY = frozenset(
    {"accessibility.view_accessibility", "accessibility.record_homes", "accessibility.record_places"}
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            "common.manage_accounts",
            "common.manage_parameters",
            "common.manage_divisions",
            "common.view_audit",
            "subsidies.manage_standards",
        }
    ),
    Role.FEDERATION_STAFF: FIGURES
    | PEOPLE
    | KEEPING
    | SUBSIDIES
    | COUNTER
    | REHAB_ON_THE_SPOT
    | {"rehab.manage_rehab", "rehab.settle_rehab"}
    | EMPLOYMENT
    | {
        "employment.manage_employers",
        "employment.view_levy",
        "employment.review_audits",
        "employment.export_employment",
    }
    | ACCESSIBILITY
    | {"accessibility.manage_homes", "accessibility.manage_places", "accessibility.export_accessibility"}
    | {
        "subsidies.federation_review",
        "subsidies.record_stops",
        "subsidies.prepare_runs",
        "subsidies.view_money",
        "subsidies.export_subsidies",
    }
    | {"common.upload_sheets", "common.view_all_batches", "common.export_sheets", "indicators.recompute"},
    Role.STREET_STAFF: FIGURES
    | PEOPLE
    | SUBSIDIES
    | COUNTER
    | REHAB_ON_THE_SPOT
    | EMPLOYMENT
    | ACCESSIBILITY
    | {"common.upload_sheets", "registry.change_facts", "subsidies.first_review", "subsidies.export_subsidies"},
    Role.COMMUNITY_WORKER: REHAB
    | ACCESSIBILITY
    | {"registry.view_people", "registry.reveal_people", "subsidies.confirm_reviews"},
    Role.CIVIL_STAFF: PEOPLE
    | SUBSIDIES
    | {
        "common.upload_sheets",
        "subsidies.civil_review",
        "subsidies.record_stops",
        "subsidies.prepare_runs",
        "subsidies.approve_runs",
        "subsidies.view_money",
        "subsidies.export_subsidies",
        "subsidies.manage_standards",
    },
    Role.LIAISON: frozenset({"common.upload_sheets"}),
    Role.LEADERSHIP: frozenset({"indicators.view_figures", "subsidies.view_money"}),
    Role.SYSTEM_CLIENT: frozenset(
        {
            "registry.view_people",
            "subsidies.view_subsidies",
            "rehab.view_rehab",
            "employment.view_employment",
            "accessibility.view_accessibility",
        }
    ),
}


class RoleBackend(ModelBackend):
    """Checks the password as Django does, and grants what the role's row in the table says.

    A connected system has no session: its account is known by its token alone.
    """

    def get_user(self, user_id: int) -> User | None:
        found = User.objects.select_related("division").filter(pk=user_id).first()
        return (
            found
            if found is not None and self.user_can_authenticate(found) and found.role != Role.SYSTEM_CLIENT
            else None
        )

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_active and perm in PERMISSIONS[user_obj.role]
