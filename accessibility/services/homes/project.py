"""The project of a home: the row that indicator 11 counts."""

from __future__ import annotations

from accessibility.models import HomeRetrofit, RetrofitHome
from zalainuoer.common.errors import RuleBroken


def project_of(home: RetrofitHome) -> HomeRetrofit:
    """The project that the approval has written."""
    if home.retrofit is None:
        raise RuleBroken("这一户还没有批准的改造项目，请先办理审批。")
    return home.retrofit
