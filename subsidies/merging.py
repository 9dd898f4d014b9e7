"""What of the subsidies keeps two records from being made one (registry.contributions, `merge_checks`).

Grants, stops, decisions, reviews, ended applications, findings, lines and receipts follow the record that stays. Where
both records hold what can stand in one file only once and no machine may choose, somebody has to decide first.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from registry.models import Person
from subsidies.models import ONCE, Application, PaymentLine, PaymentReturn, Stop, Subsidy


def collisions(kept: Person, gone: Person) -> Iterator[str]:
    """A sentence for each thing that both records hold and one file cannot; in four statements."""
    yield from _applications(kept, gone)
    yield from _stops(kept, gone)
    yield from _lines(kept, gone)
    yield from _returns(kept, gone)


def _applications(kept: Person, gone: Person) -> Iterator[str]:
    open_ones = Application.objects.open()
    both = open_ones.filter(person=gone, subsidy__in=open_ones.filter(person=kept).values("subsidy"))
    for subsidy in both.order_by("subsidy").values_list("subsidy", flat=True):
        yield f"两份档案的{Subsidy(subsidy).label}各有一份申请正在办理，请先撤回其中一份，再合并。"


def _stops(kept: Person, gone: Person) -> Iterator[str]:
    standing = Stop.objects.standing().filter(until_on__isnull=True)
    twin = standing.filter(person=kept, subsidy=OuterRef("subsidy"), code=OuterRef("code"))
    twin = twin.exclude(effective_on=OuterRef("effective_on"))
    for stop in standing.filter(Exists(twin), person=gone).order_by("subsidy", "code"):
        yield (
            f"两份档案都有{stop.get_subsidy_display()}的“{stop.get_code_display()}”停发登记，发生日期不同。"
            "请先核实是哪一天，撤销另一条，再合并。"
        )


def _lines(kept: Person, gone: Person) -> Iterator[str]:
    """Locked lines are neither deleted nor numbered anew."""
    locked = PaymentLine.objects.filter(is_locked=True)
    once = locked.filter(person=kept, subsidy=OuterRef("subsidy"), benefit_month=OuterRef("benefit_month"))
    numbered = once.filter(kind=OuterRef("kind"), seq=OuterRef("seq")).exclude(kind__in=ONCE)
    twice = Exists(once.filter(kind__in=ONCE))
    both = locked.filter(twice, person=gone, kind__in=ONCE) | locked.filter(Exists(numbered), person=gone)
    months: dict[str, set[str]] = {}
    for subsidy, month in both.order_by().values_list("subsidy", "benefit_month"):
        months.setdefault(subsidy, set()).add(f"{month.year}年{month.month}月")
    for subsidy, named in sorted(months.items()):
        shown = "、".join(sorted(named)[:6]) + ("等" if len(named) > 6 else "")
        yield (
            f"两份档案在{shown}都有已锁定的{Subsidy(subsidy).label}发放明细，同一个月付了两次，锁定的明细不能删改。"
            "请在其中一份档案登记停发，多付的由下一个批次列入追回，两份档案分开保留。"
        )


def _returns(kept: Person, gone: Person) -> Iterator[str]:
    theirs = PaymentReturn.objects.filter(person=kept, run=OuterRef("run"))
    both = PaymentReturn.objects.filter(Exists(theirs), person=gone).select_related("run")
    for run in sorted({row.run for row in both}, key=lambda run: run.code):
        yield f"两份档案在发放批次 {run.code} 的银行回盘里各有一行，一个人在一个批次里只能有一行，不能合并。"
