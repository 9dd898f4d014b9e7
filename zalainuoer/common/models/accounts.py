"""Accounts, what bounds them, and what they keep for themselves."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from zalainuoer.common.history import tracked_fields
from zalainuoer.common.models.divisions import Department, Division, DivisionLevel

TOKEN_ISSUED, TOKEN_REVOKED = "token_issued", "token_revoked"


class Role(models.TextChoices):
    """岗位. What each may do stands in zalainuoer/roles.py."""

    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"
    FEDERATION_STAFF = "federation_staff", "区残联工作人员"
    STREET_STAFF = "street_staff", "街道（镇）工作人员"
    COMMUNITY_WORKER = "community_worker", "社区专职委员"
    CIVIL_STAFF = "civil_staff", "区民政局工作人员"
    LIAISON = "liaison", "部门联络员"
    LEADERSHIP = "leadership", "领导"
    SYSTEM_CLIENT = "system_client", "对接系统"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


@tracked_fields("username", "name", "role", "division", "department", "is_active", acts=(TOKEN_ISSUED, TOKEN_REVOKED))
class User(AbstractBaseUser):
    """An account. There is no superuser: whoever could bypass scope would, one day.

    `division` bounds what the person sees to that division and below (empty: the whole system);
    `department` is whose sheets the person delivers.
    """

    username = models.CharField("用户名", max_length=50, unique=True)
    name = models.CharField("姓名", max_length=50)
    role = models.CharField("岗位", max_length=30, choices=Role.choices)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, verbose_name="辖区")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, verbose_name="部门")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering = ("username",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(role__in=(Role.STREET_STAFF, Role.COMMUNITY_WORKER)) | Q(division__isnull=False),
                name="user_local_staff_has_division",
                violation_error_message="街道（镇）工作人员和社区专职委员必须选择辖区。",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.LIAISON) | Q(department__isnull=False),
                name="user_liaison_has_department",
                violation_error_message="部门联络员必须选择部门。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """True if the role grants the permission (`app.act`, table in zalainuoer/roles.py)."""
        if not self.is_active:
            return False
        for backend in get_backends():
            if not hasattr(backend, "has_perm"):
                continue
            try:
                if backend.has_perm(self, permission, obj):
                    return True
            except PermissionDenied:
                return False
        return False

    def has_perms(self, permissions: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(p, obj) for p in permissions)

    @property
    def is_of_whole_district(self) -> bool:
        """Whether the account has no smaller area than the district: it also sees what lies nowhere in it."""
        return self.division is None or self.division.level == DivisionLevel.DISTRICT

    @cached_property
    def scope_ids(self) -> frozenset[int] | None:
        """The ids of the divisions this person may see, resolved once a request; None is everywhere."""
        if self.division_id is None or self.is_of_whole_district:
            return None
        return Division.objects.subtree_ids(self.division_id)


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows bounded by area: every such model names the path to its division once, as `division_path`."""

    def visible_to(self, user: User) -> Self:
        """The rows of the user's division and below."""
        if user.scope_ids is None:
            return self
        return self.filter(**{f"{self.model.division_path}__in": user.scope_ids})


class SavedView(models.Model):
    """A list's filter that somebody has kept under a name: the page's own query string, for its owner alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="账号")
    page = models.CharField("页面", max_length=50)  # the URL's name
    name = models.CharField("名称", max_length=50)
    query = models.CharField("筛选条件", max_length=2000)

    class Meta:
        verbose_name = "常用筛选"
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("user", "page", "name"),
                name="saved_view_name_unique",
                violation_error_message="您已有同名的常用筛选，请换一个名称。",
            ),
        ]
