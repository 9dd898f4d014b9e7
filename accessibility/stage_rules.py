"""家庭无障碍改造办理规则: what each stage asks of whoever acts, numbered as the manual prints it.

Where law or plan says it, a refusal names that; the others are the house's own control, and say so by their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from zalainuoer.common.errors import RuleBroken


class StageRule(models.IntegerChoices):
    """The rules, in the order of the work."""

    DAYS = 1, "办理日期不晚于当天，不早于前一个环节"
    ORDER = 2, "按环节的顺序、在自己的辖区和权限内办理；页面打开以后有变化的，刷新后再办"
    OPEN = 3, "符合条件的才能登记，一户只办一件；登记写明改造意愿"
    ASSESS = 4, "评估认为可以改造的，至少写明一处障碍，住房不是自有的须房屋所有人同意；不能改造的写明理由"
    PLAN = 5, "方案至少有一项工程类项目，资金构成合计等于预算合计，超过每户上限的写明理由"
    SHOW = 6, "公示满规定的工作日、异议都已处理，才能结束；异议成立的退回修改方案"
    DECIDE = 7, "提交评估或方案的人不能审批；困难类型和残疾等级按审批当天的台账固定"
    CONTRACT = 8, "合同金额不超过批准的预算，施工单位须在用"
    WORKS = 9, "开工、完工和整改按实际日期登记，整改写明怎样改好"
    ACCEPT = 10, "逐项验收，不合格的写明原因；本人或家属、验收人双方签名"
    SETTLE = 11, "各项目决算合计等于各来源支出合计，不超过合同金额，每个来源不超过方案"
    FOLLOW_UP = 12, "验收后第 3 个月、第 12 个月各回访一次，到期才能登记"
    FILE = 13, "材料齐全的才能归档"
    END = 14, "终止写明原因和情况，批准以后由区残联终止，验收合格以后不能终止"
    TAKE_BACK = 15, "一次撤回一步，写明理由；别人办的由区残联撤回，后面还有依据它的不能撤回"

    @property
    def source(self) -> str:
        """As a refusal names it."""
        return f"家庭无障碍改造办理规则第{self.value}条"


@contextmanager
def under(rule: StageRule) -> Iterator[None]:
    """Around (or above) an act: a refusal in it that names no law of its own names this rule."""
    try:
        yield
    except RuleBroken as broken:
        broken.source = broken.source or rule.source
        raise
