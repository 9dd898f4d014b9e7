"""The demonstration: invented people through the real upload pipeline, an account of each role (two of 民政, who never do both
halves of one thing), and what subsidies, employment and accessibility need to be tried out.

The workbooks are the suite's own world (tests/data): what a newcomer sees is what the tests judge.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accessibility import demonstration as accessibility_demo
from employment import demonstration as employment_demo
from subsidies import demonstration as subsidies_demo
from zalainuoer.common.administration import account_create
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.jobs import batch_upload_now
from zalainuoer.common.models import BatchState, Department, Division, Role, UploadBatch, User
from zalainuoer.common.sheets.base import Sheet, all_sheets

WORKBOOKS = Path(settings.BASE_DIR) / "tests" / "data" / "world-2316-office"
PASSWORD = "Yanshi-Shuju-2025"  # noqa: S105 (known to everyone: never loaded where HTTPS is on)

# (username, name, role, department's short name, whether bounded to the first street or community, what it is for)
PEOPLE = (
    ("admin", "系统管理员", Role.SYSTEM_ADMINISTRATOR, "", False, "管理账号和参数，不看个人信息"),
    ("canlian", "区残联业务员", Role.FEDERATION_STAFF, "区残联", False, "看全区指标和名单，报送区残联报表"),
    ("jiedao", "街道业务员", Role.STREET_STAFF, "区残联", True, "只看、只报本街道"),
    ("shequ", "社区专职委员", Role.COMMUNITY_WORKER, "", True, "只看本社区的人"),
    ("mzjingban", "民政局经办员", Role.CIVIL_STAFF, "民政局", False, "审定补贴申请，生成、提交发放批次"),
    (
        "mzfuhe",
        "民政局复核员",
        Role.CIVIL_STAFF,
        "民政局",
        False,
        "复核、锁定批次（自己提交的不能自己复核，所以有两个）",
    ),
    ("minzheng", "民政局联络员", Role.LIAISON, "民政局", False, "报送民政局报表"),
    ("renshe", "人社局联络员", Role.LIAISON, "人社局", False, "报送人社局报表"),
    ("yibao", "医保局联络员", Role.LIAISON, "医保局", False, "报送医保局报表"),
    ("jiaoyu", "教育局联络员", Role.LIAISON, "教育局", False, "报送教育局报表"),
    ("weijian", "卫健委联络员", Role.LIAISON, "卫健委", False, "报送卫健委报表"),
    ("zhujian", "住建局联络员", Role.LIAISON, "住建局", False, "报送住建局报表"),
    ("lingdao", "分管领导", Role.LEADERSHIP, "", False, "看指标和资金情况，不看名单"),
)
ACCOUNTS: list[tuple[str, str, str]] = [(person[0], PASSWORD, person[-1]) for person in PEOPLE]


def is_wanted() -> bool:
    """Whether the database is empty, or a load was interrupted: the demonstration's own accounts, not all workbooks."""
    names = {person[0] for person in PEOPLE}
    accounts = set(User.objects.values_list("username", flat=True))
    if not accounts:
        return not UploadBatch.objects.exists()
    parts = (subsidies_demo, employment_demo, accessibility_demo)
    is_unfinished = any(True for _ in _waiting()) or any(part.is_wanted() for part in parts)
    return accounts == names and is_unfinished


def load(*, now: datetime.datetime) -> Iterator[UploadBatch]:
    """Fills an empty database, or goes on where a load was interrupted; yields each batch as it is committed.

    Applications, comparison and reckoning are of the day of `now`. Raises RuleBroken where it must not.
    """
    if settings.HTTPS:
        raise RuleBroken("演示数据和演示账号只能装入演示环境，不能装入正式系统（HTTPS 已启用）。")
    if not is_wanted():
        raise RuleBroken("数据库里已有账号或数据，演示数据只能装入空数据库。")
    if not User.objects.exists():
        _create_accounts()
    departments = {department.name: department.pk for department in Department.objects.all()}
    delivering = User.objects.filter(role__in=(Role.LIAISON, Role.FEDERATION_STAFF))
    by_department = {user.department_id: user for user in delivering}
    for sheet, path in list(_waiting()):
        UploadBatch.objects.filter(sheet=sheet.code).update(
            state=BatchState.CANCELLED, message="演示数据的载入曾经中断，这一批没有写入。"
        )
        by = by_department[departments[sheet.department]]
        yield batch_upload_now(sheet=sheet, file_name=f"{sheet.title}.xlsx", content=path.read_bytes(), by=by)
    today = timezone.localdate(now)
    account = {user.username: user for user in User.objects.all()}
    desks = subsidies_demo.Desks(
        street=account["jiedao"],
        federation=account["canlian"],
        civil=account["mzjingban"],
        approving=account["mzfuhe"],
        bank=account["minzheng"],
    )
    yield from subsidies_demo.load(today=today, by=desks)
    yield from employment_demo.load(
        now=now,
        by=employment_demo.Desks(street=account["jiedao"], federation=account["canlian"], labour=account["renshe"]),
    )
    accessibility_demo.load(
        today=today, by=accessibility_demo.Desks(street=account["jiedao"], federation=account["canlian"])
    )


def _waiting() -> Iterator[tuple[Sheet, Path]]:
    """The workbooks that are not in yet; the world has none for a list of deaths."""
    loaded = set(UploadBatch.objects.committed().values_list("sheet", flat=True))
    for sheet in all_sheets():
        path = next(WORKBOOKS.glob(f"*-{sheet.code}.xlsx"), None)
        if path is not None and sheet.code not in loaded:
            yield sheet, path


@transaction.atomic
def _create_accounts() -> None:
    departments = {department.short_name: department for department in Department.objects.all()}
    street = Division.objects.streets().first()
    community = Division.objects.communities().filter(parent=street).first()
    for username, name, role, department, is_bounded, _purpose in PEOPLE:
        account = User(username=username, name=name, role=role, department=departments.get(department))
        place = community if role == Role.COMMUNITY_WORKER else street
        account.division = place if is_bounded else None
        account_create(account=account, password=PASSWORD, by=None)
