"""常用筛选: a list's filter kept under a name, by and for one person."""

from django.db import IntegrityError, transaction
from django.http import QueryDict

from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import SavedView, User

# What was typed may be a name or a number of somebody's, and is not kept.
NOT_KEPT = ("q", "page")
LONGEST = 2000


def view_save(*, page: str, name: str, query: QueryDict, by: User) -> SavedView:
    """Keeps a filter; raises RuleBroken for a name that is taken, or a filter that says nothing."""
    kept = query.copy()
    for parameter in NOT_KEPT:
        kept.pop(parameter, None)
    text = kept.urlencode()
    if not text or len(text) > LONGEST:
        raise RuleBroken("没有可以保存的筛选条件。输入的姓名和号码不会保存，请先选择筛选条件。")
    try:
        with transaction.atomic():
            return SavedView.objects.create(user=by, page=page, name=name, query=text)
    except IntegrityError:
        raise RuleBroken(f"您已有名为“{name}”的常用筛选，请换一个名称，或先删除原来的。") from None


def view_delete(*, view: SavedView, by: User) -> None:
    """Forgets a filter of one's own."""
    SavedView.objects.filter(pk=view.pk, user=by).delete()
