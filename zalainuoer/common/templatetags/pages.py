"""What templates need beyond Django's own tags: icons, status badges, sparklines. No inline styles, no scripts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from zalainuoer.common.plots import Gap, Plot, Value

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; always decoration, so the words beside it must be enough."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("vendor/bootstrap-icons/sprite.svg"),
        name,
    )


class Look(NamedTuple):
    """How a state is shown: colour class and icon; the text always stands beside them."""

    css: str
    icon: str


LOOKS = {
    "good": Look("status-good", "check-circle-fill"),
    "even": Look("status-even", "check-circle"),
    "warn": Look("status-warn", "exclamation-triangle-fill"),
    "bad": Look("status-bad", "x-circle-fill"),
    "idle": Look("status-idle", "dash-circle"),
    "wait": Look("status-even", "hourglass-split"),
}
TONES = {
    # verdicts of the indicators
    "超过": "good",
    "恰好达到": "even",
    "未达到": "warn",
    "无法计算": "idle",
    "计算失败": "bad",
    # states of an upload
    "排队中": "wait",
    "正在读取核对": "wait",
    "待确认": "warn",
    "正在入库": "wait",
    "已入库": "good",
    "没有变化": "idle",
    "正在撤销": "wait",
    "已撤销": "idle",
    "已放弃": "idle",
    "已取消": "idle",
    "无法读取": "bad",
    "处理失败": "bad",
    "处理中断": "bad",
    # certificates
    "正常": "good",
    "过期": "warn",
    "挂失": "warn",
    "冻结": "warn",
    # accounts
    "启用": "good",
    "停用": "idle",
}


@register.inclusion_tag("partials/status_badge.html")
def status_badge(text: str, tone: str = "") -> dict[str, Any]:
    """A state as icon and text, never as colour alone; an unknown text is shown in the neutral tone."""
    look = LOOKS[tone or TONES.get(str(text), "idle")]
    return {"text": text, "css": look.css, "icon_name": look.icon}


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, key: str, number: int) -> str:
    """The present address with another page number and everything else kept."""
    query = context["request"].GET.copy()
    query[key] = str(number)
    return "?" + query.urlencode()


@register.filter
def page_numbers(paginator: Paginator, current: int) -> list[int]:
    """First, last and the pages around the current one; 0 stands for a gap."""
    shown = [n for n in paginator.page_range if n in (1, paginator.num_pages) or abs(n - current) <= 2]
    numbers: list[int] = []
    for n in shown:
        if numbers and n - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(n)
    return numbers


@register.filter
def plain_value(value: Any) -> str:
    """A parameter's value in words: lists joined, an empty one 无, yes and no in Chinese."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(plain_value(item) for item in value) or "无"
    if isinstance(value, dict):
        return "；".join(
            f"{key}（{plain_value(item)}）" if isinstance(item, dict) else f"{key}：{plain_value(item)}"
            for key, item in value.items()
        )
    return str(value)


@register.inclusion_tag("partials/plot.html")
def plot(plot: Plot) -> dict[str, Any]:
    """A plot and its data table; the page's head includes partials/plots_head.html."""
    return {"plot": plot}


@register.simple_tag
def amount(value: Value) -> SafeString | str:
    """A number with its thousands apart, or in words why there is none."""
    if isinstance(value, Gap):
        return format_html('<span class="muted small">{}</span>', value)
    return f"{value:,}"


SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 100.0, 28.0, 3.0


@register.simple_tag
def sparkline(values: Sequence[Any], label: str) -> SafeString:
    """A small line of past values; `label` says in words what it shows. None is a gap."""
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return mark_safe('<span class="muted small">暂无走势</span>')
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / max(len(values) - 1, 1)

    def point(place: int, value: Any) -> tuple[float, float]:
        share = 0.5 if high == low else (float(value) - low) / span
        return (
            round(SPARK_MARGIN + place * step, 1),
            round(SPARK_HEIGHT - SPARK_MARGIN - share * (SPARK_HEIGHT - 2 * SPARK_MARGIN), 1),
        )

    points = [None if value is None else point(place, value) for place, value in enumerate(values)]
    path = ""
    for before, here in zip([None, *points], points, strict=False):
        if here is not None:
            path += f"{'M' if before is None else 'L'}{here[0]} {here[1]}"
    last = next(p for p in reversed(points) if p is not None)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 100 28" role="img" aria-label="{}" focusable="false">'
        '<path class="line" d="{}"/><circle class="dot" cx="{}" cy="{}" r="2.4"/></svg>',
        label,
        path,
        last[0],
        last[1],
    )
