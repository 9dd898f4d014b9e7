"""The same import as a team would first write it: a stock django-import-export resource, preview and confirm."""

from typing import Any

from import_export import resources
from tablib import Dataset

from registry.models import Certificate, Household, Person
from registry.pinyin import pinyin_of
from registry.sheets import RegistrySheet
from zalainuoer.common.identity import born_on
from zalainuoer.common.models import Division


class StockRegisterResource(resources.ModelResource):
    """People by ModelResource, household and certificate saved beside each; every setting as it comes."""

    class Meta:
        model = Person
        import_id_fields = ("id_index",)
        fields = (
            "id_index", "id_number", "name", "pinyin", "initials", "sex", "born_on", "ethnicity", "phone",
            "phone_index", "guardian_name", "guardian_phone", "guardian_phone_index", "community",
        )  # fmt: skip

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        self.communities = {(d.parent.name, d.name): d for d in Division.objects.communities().select_related("parent")}
        for name in self.fields:
            dataset.append_col([None] * len(dataset), header=name)
        self.cleaned = {column.heading: column.widget.clean for column in RegistrySheet().columns}

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        cells = {heading: clean(row[heading]) for heading, clean in self.cleaned.items()}
        index = Person._meta.get_field("id_index").of
        phone = Person._meta.get_field("phone_index").of
        pinyin, initials = pinyin_of(cells["姓名"])
        row.update(
            id_index=index(cells["身份证号"]),
            id_number=cells["身份证号"],
            name=cells["姓名"],
            pinyin=pinyin,
            initials=initials,
            sex=cells["性别"],
            born_on=born_on(cells["身份证号"]),
            ethnicity=cells["民族"],
            phone=cells["联系电话"],
            phone_index=phone(cells["联系电话"]),
            guardian_name=cells["监护人姓名"],
            guardian_phone=cells["监护人电话"],
            guardian_phone_index=phone(cells["监护人电话"]) if cells["监护人电话"] else None,
            community=self.communities[cells["所属街道"], cells["所属社区"]].pk,
            cells=cells,
        )

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        cells = row["cells"]
        head = cells["户主身份证号"]
        household, _ = Household.objects.get_or_create(
            head_id_index=Household._meta.get_field("head_id_index").of(head), defaults={"head_id_number": head}
        )
        Certificate.objects.update_or_create(
            person=instance,
            defaults={
                "household": household,
                "community": instance.community,
                "first_issued_on": cells["首次发证日期"],
                "issued_on": cells["发证日期"],
                "expires_on": cells["有效期至"],
                "category": cells["残疾类别"],
                "level": cells["残疾等级"],
                "status": cells["证件状态"],
                "hukou_type": cells["户口性质"],
                "is_student": cells["在校学生"] == "true",
                "suffix": cells["残疾人证号"][20:] or None,
            },
        )


def preview_and_confirm(content: bytes) -> int:
    """Rows imported; reads the file twice, as the library's own pages do."""
    for dry_run in (True, False):
        table = Dataset().load(content, "xlsx")
        result = StockRegisterResource().import_data(table, dry_run=dry_run, raise_errors=True)
    return len(result.rows)
