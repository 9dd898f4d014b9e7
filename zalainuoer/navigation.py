"""The menu: one table. An entry is shown to whom its permission is granted, and nowhere else is a menu written."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zalainuoer.common.models import Division, DivisionLevel


class Entry(NamedTuple):
    """One line of the menu."""

    url_name: str
    label: str
    permission: str
    icon: str
    delivers: bool = False  # of use only to somebody whose department delivers sheets

    def is_for(self, user: Any) -> bool:
        if self.delivers and user.department_id is None and not user.has_perm("common.view_all_batches"):
            return False
        return bool(user.has_perm(self.permission))


class Group(NamedTuple):
    """A heading of the menu with its entries."""

    label: str
    entries: tuple[Entry, ...]


MENU = (
    Group("规划指标", (Entry("figures", "主要指标", "indicators.view_figures", "bar-chart-line"),)),
    Group(
        "残疾人档案",
        (
            Entry("people", "人员查询", "registry.view_people", "search"),
            Entry("worklists", "工作清单", "registry.view_people", "list-check"),
            Entry("deaths", "死亡信息核实", "registry.change_certificates", "dash-circle"),
            Entry("merging", "疑似重复", "registry.merge_people", "people"),
        ),
    ),
    Group(
        "两项补贴",
        (
            Entry("application_list", "补贴申请", "subsidies.view_subsidies", "inbox"),
            Entry("review_list", "年度复核", "subsidies.confirm_reviews", "check-circle"),
            Entry("run_list", "发放批次", "subsidies.prepare_runs", "calendar3"),
            Entry("recovery_list", "追回", "subsidies.view_subsidies", "arrow-counterclockwise"),
            Entry("finding_list", "补贴比对", "subsidies.resolve_findings", "list-check"),
            Entry("money", "资金情况", "subsidies.view_money", "bar-chart-line"),
            Entry("standard_list", "补贴标准", "subsidies.manage_standards", "list"),
        ),
    ),
    Group(
        "康复服务",
        (
            Entry("rehab_desk", "康复工作台", "rehab.view_rehab", "bar-chart-line"),
            Entry("rehab_survey_list", "需求调查", "rehab.view_rehab", "list-check"),
            Entry("rehab_plan_list", "服务计划", "rehab.view_rehab", "calendar3"),
            Entry("rehab_service_list", "服务记录", "rehab.view_rehab", "clock-history"),
            Entry("rehab_referral_list", "转介", "rehab.view_rehab", "arrow-right"),
            Entry("rehab_catalogue", "服务目录", "rehab.view_rehab", "list"),
        ),
    ),
    Group(
        "儿童康复",
        (
            Entry("child_case_list", "儿童个案", "rehab.view_rehab", "hourglass-split"),
            Entry("child_figures", "儿童康复数字", "rehab.view_rehab", "bar-chart-line"),
            Entry("settlement_list", "康复训练结算", "rehab.settle_rehab", "list-check"),
            Entry("institution_list", "定点机构", "rehab.view_rehab", "house"),
        ),
    ),
    Group(
        "辅助器具",
        (
            Entry("device_case_list", "辅具适配", "rehab.view_rehab", "list-check"),
            Entry("loan_list", "辅具借用", "rehab.view_rehab", "clock-history"),
            Entry("stock_list", "辅具库存", "rehab.view_rehab", "inbox"),
            Entry("device_catalogue", "辅具目录", "rehab.view_rehab", "list"),
        ),
    ),
    Group(
        "社区与托养",
        (
            Entry("doctor_list", "家庭医生", "rehab.view_rehab", "people"),
            Entry("community_rehab", "社区康复", "rehab.view_rehab", "house"),
            Entry("daycare", "阳光家园", "rehab.view_rehab", "calendar3"),
        ),
    ),
    Group(
        "就业服务",
        (
            Entry("jobs_desk", "就业服务工作台", "employment.view_employment", "bar-chart-line"),
            Entry("employment_list", "就业登记", "employment.view_employment", "list-check"),
            Entry("job_seeker_list", "求职登记", "employment.view_employment", "search"),
            Entry("vacancy_list", "招聘登记", "employment.view_employment", "inbox"),
            Entry("training_class_list", "培训班", "employment.view_employment", "calendar3"),
            Entry("massage_list", "盲人按摩", "employment.view_employment", "people"),
        ),
    ),
    Group(
        "按比例就业",
        (
            Entry("employer_list", "用人单位", "employment.view_employment", "house"),
            Entry("levy_list", "残保金测算", "employment.view_levy", "list-check"),
            Entry("levy_leading", "带头安排", "employment.view_levy", "people"),
            Entry("annual_audit_list", "年审", "employment.view_levy", "list-check"),
            Entry("award_list", "超比例奖励", "employment.view_levy", "arrow-up"),
            Entry("credit_list", "失信记录", "employment.view_levy", "exclamation-triangle-fill"),
        ),
    ),
    Group(
        "无障碍改造与环境",
        (
            Entry("access_board", "改造看板", "accessibility.view_accessibility", "bar-chart-line"),
            Entry("home_candidate_list", "改造候选", "accessibility.view_accessibility", "people"),
            Entry("retrofit_catalogue", "改造目录和单位", "accessibility.view_accessibility", "list"),
            Entry("facility_list", "设施台账", "accessibility.view_accessibility", "house"),
            Entry("barrier_case_list", "障碍反映", "accessibility.view_accessibility", "inbox"),
        ),
    ),
    Group(
        "数据报送",
        (
            Entry("sheet_list", "报表报送", "common.upload_sheets", "file-earmark-spreadsheet", delivers=True),
            Entry("batch_list", "报送记录", "common.upload_sheets", "clock-history", delivers=True),
            Entry("export_list", "数据导出", "common.export_sheets", "download"),
        ),
    ),
    Group(
        "系统管理",
        (
            Entry("account_list", "账号", "common.manage_accounts", "people"),
            Entry("division_list", "行政区划", "common.manage_divisions", "house"),
            Entry("parameter_list", "参数", "common.manage_parameters", "sliders"),
            Entry("calendar_list", "节假日", "common.manage_parameters", "calendar3"),
            Entry("audit_list", "访问记录", "common.view_audit", "clock"),
            Entry("export_register", "导出登记", "common.view_audit", "download"),
        ),
    ),
)


@dataclass(frozen=True)
class Line:
    """An entry as the template shows it on one page; `current` is its aria-current value, or empty."""

    url: str
    label: str
    icon: str
    current: str

    @property
    def is_current(self) -> bool:
        return bool(self.current)


ALL_OPEN = 14  # a menu of so many entries is seen at once; of a longer one the group of the page stands open


@dataclass(frozen=True)
class Section:
    """A group of the menu as the template shows it; `is_open` unless it is folded away to make the menu short."""

    label: str
    entries: list[Line]
    is_open: bool


def menu(request: HttpRequest) -> list[Section]:
    """The groups with the entries the person may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = [(group.label, [entry for entry in group.entries if entry.is_for(user)]) for group in MENU]
    # Of two entries that contain the page (`audit/`, `audit/exports/`), the nearer one is where the person is.
    urls = [url for _, entries in groups for e in entries if request.path.startswith(url := reverse(e.url_name))]
    nearest = max(urls, key=len, default="")
    is_short = sum(len(entries) for _, entries in groups) <= ALL_OPEN
    sections = []
    for label, entries in groups:
        lines = [line(entry, request.path, nearest) for entry in entries]
        if lines:
            sections.append(Section(label, lines, is_short or any(each.is_current for each in lines)))
    return sections


def line(entry: Entry, path: str, nearest: str) -> Line:
    url = reverse(entry.url_name)
    current = "page" if path == url else "true" if url == nearest else ""
    return Line(url, entry.label, entry.icon, current)


def home(request: HttpRequest) -> HttpResponse:
    """Leads to the first entry of the person's menu: figures for leadership, sheets for a liaison."""
    lines = [line for section in menu(request) for line in section.entries]
    if not lines:
        raise PermissionDenied
    return redirect(lines[0].url)


def system_name() -> str:
    """The system is called after the district it serves, which is data."""
    district = Division.objects.filter(level=DivisionLevel.DISTRICT).values_list("name", flat=True).first()
    return f"{district or ''}残联业务系统"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menu and the system's name."""
    sections = menu(request)
    # Whoever has one page only (leadership) needs no menu beside it.
    has_menu = sum(len(section.entries) for section in sections) > 1
    return {"navigation": sections, "has_menu": has_menu, "system_name": system_name()}
