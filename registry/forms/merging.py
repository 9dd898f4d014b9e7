"""The forms of merging: why two records are one person, or are not."""

from django import forms

from zalainuoer.common.forms import PlainWords


class MergeForm(PlainWords, forms.Form):
    """Why the two are one, and which record stays."""

    reason = forms.CharField(
        label="合并理由", max_length=150, help_text="如：身份证号录错一位、公安更正了身份证号。请不要写号码。"
    )


class DistinctForm(PlainWords, forms.Form):
    """Why the two are not one; it stands on one page with the form above."""

    prefix = "distinct"
    reason = forms.CharField(label="不是同一人的理由", max_length=150, help_text="如：同名同姓，已电话核实是两个人。")


class UndoForm(PlainWords, forms.Form):
    """Why a merge is undone."""

    reason = forms.CharField(label="撤销理由", max_length=150, help_text="如：核实后确认是两个人。")
