"""What a photograph is of, and the files themselves."""

from __future__ import annotations

from typing import Any

from django import forms

from accessibility.models import Inspection, PhotoPurpose, PlanItem, RetrofitHome, Room
from accessibility.services.photos.keeping import PhotoOf, purposes_at
from accessibility.services.photos.uploads import MOST_BYTES
from zalainuoer.common.forms import PlainWords


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class _PhotoForm(PlainWords, forms.Form):
    """`with_files` is left out where the pieces come on their own way."""

    free_text = ("caption",)
    caption = forms.CharField(
        label="说明", max_length=100, required=False, help_text="可不填。如：门口台阶。不要写姓名和号码。"
    )
    files = FilesField(
        label="照片",
        help_text="JPG、PNG 或 HEIC，每张不超过 20 MB，可以一次选多张。照片里的定位信息会自动删除。",
        widget=_Files(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,.heic,.heif"}),
    )

    def __init__(self, *args: Any, with_files: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not with_files:
            del self.fields["files"]

    def clean_files(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["files"]
        for file in files:
            if file.size > MOST_BYTES:
                raise forms.ValidationError("有照片超过 20 MB，请压缩或选择较小的尺寸重新拍摄。")
        return files


class HomePhotoForm(_PhotoForm):
    """Of a home: the purposes its stage allows, a room, or a planned item."""

    purpose = forms.ChoiceField(label="用途")
    item = forms.ModelChoiceField(
        PlanItem.objects.none(),
        label="方案明细",
        required=False,
        empty_label="不针对某一项",
        help_text="验收按项对照改造前后的照片。",
    )
    room = forms.ChoiceField(label="位置", required=False, choices=[("", "整户或不确定"), *Room.choices])
    field_order = ("purpose", "item", "room", "caption", "files")

    def __init__(self, *args: Any, home: RetrofitHome, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.home = home
        self.fields["purpose"].choices = [(each.value, each.label) for each in purposes_at(home.stage)]
        items = home.items.select_related("item")
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda row: f"{row.item.name}（{row.get_room_display()}）"
        if not items:
            del self.fields["item"]

    @property
    def of(self) -> PhotoOf:
        told = self.cleaned_data
        item = told.get("item")
        return PhotoOf(
            purpose=told["purpose"],
            home=self.home,
            item=item,
            room=item.room if item else told["room"],
            caption=told["caption"],
        )


class InspectionPhotoForm(_PhotoForm):
    """Of an inspection of a public place."""

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.inspection = inspection

    @property
    def of(self) -> PhotoOf:
        return PhotoOf(
            purpose=PhotoPurpose.INSPECTION, inspection=self.inspection, caption=self.cleaned_data["caption"]
        )


class UploadForm(forms.Form):
    """What the browser says of a file before its pieces come."""

    size = forms.IntegerField(max_value=2**31 - 1)
    mark = forms.CharField(max_length=500)
