"""The plots of the board, from its sums."""

from __future__ import annotations

from collections.abc import Sequence

from accessibility.board.reading import FundSums, Group, Progress
from zalainuoer.common.plots import Gap, Plot, Series

NO_TASK = Gap("未下达")


def plots_of(
    *, stages: Sequence[Group], streets: Sequence[Group], funds: Sequence[FundSums], plan: Progress, with_tasks: bool
) -> list[Plot]:
    """Homes by stage, by street, money by source, and the years against their tasks."""
    tasks = [
        Series("任务户数", [NO_TASK if one.task is None else one.task.homes or 0 for one in plan.years]),
    ]
    return [
        Plot(
            "stages",
            "各环节户数",
            "户",
            "环节",
            [group.name for group in stages],
            [
                Series("未超期", [group.sums.homes - group.sums.overdue for group in stages]),
                Series("已超期", [group.sums.overdue for group in stages]),
            ],
            kind="rows",
            is_stacked=True,
        ),
        Plot(
            "years",
            "各年度验收合格",
            "户",
            "年度",
            [f"{one.year}年" for one in plan.years],
            [Series("验收合格", [one.accepted for one in plan.years]), *(tasks if with_tasks else ())],
            note="每户只在首次验收合格的年度计一次。",
        ),
        Plot(
            "streets",
            "各街道（镇）户数",
            "户",
            "街道（镇）",
            [group.name for group in streets],
            [
                Series("办理中", [group.sums.going for group in streets]),
                Series("已归档", [group.sums.filed for group in streets]),
            ],
            kind="rows",
            is_stacked=True,
        ),
        Plot(
            "funds",
            "各资金来源",
            "元",
            "资金来源",
            [one.fund.label for one in funds],
            [
                Series("预算", [one.budget_yuan for one in funds]),
                Series("支出", [one.spent_yuan for one in funds]),
            ],
        ),
    ]
