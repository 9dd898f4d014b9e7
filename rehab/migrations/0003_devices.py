"""The devices' tables, and the main classes of the standard."""

import json
from pathlib import Path

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

CLASSES = Path(__file__).parents[1] / "data" / "device_classes.json"


def load_classes(apps, schema_editor):
    classes = apps.get_model("rehab", "DeviceClass")
    rows = json.loads(CLASSES.read_text(encoding="utf-8"))
    classes.objects.bulk_create((classes(**row) for row in rows), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("registry", "0005_death_day"),
        ("rehab", "0002_doctors_communities_and_day_care"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        error_messages={"unique": "已有这个代码的主类。"},
                        max_length=2,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^\\d{2}$", "主类代码是两位数字，如 12。")],
                        verbose_name="主类代码",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="主类名称")),
            ],
            options={
                "verbose_name": "辅具主类",
                "ordering": ("code",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceclassevent" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d9cb4dc41509616ceab26d811075ea7e09a7d730",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e5528",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_deviceclass",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceclassevent" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="827ee55b54bcc42b6f3ba7f5d2c2a60df4a6344b",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8f0d9",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_deviceclass",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceclassevent" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0f207efec71413ddce577999a010a897eb133e30",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_18f69",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_deviceclass",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceClassEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(
                        error_messages={"unique": "已有这个代码的主类。"},
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^\\d{2}$", "主类代码是两位数字，如 12。")],
                        verbose_name="主类代码",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="主类名称")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.deviceclass",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9a7a679873323b42cbe42a2229ac8f9b577b747b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3dd41",
                            table="rehab_deviceclassevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\d{2}){1,3}$", "分类代码是二、四或六位数字，如 122203。"
                            )
                        ],
                        verbose_name="分类代码",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "目录里已有同名的辅具。"},
                        max_length=100,
                        unique=True,
                        verbose_name="名称",
                    ),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="计量单位")),
                (
                    "other_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="其他叫法",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="可以选用")),
                (
                    "device_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="rehab.deviceclass",
                        verbose_name="主类",
                    ),
                ),
            ],
            options={
                "verbose_name": "辅具目录",
                "ordering": ("device_class__code", "code", "name"),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceitemevent" ("code", "device_class_id", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT new_values."code", new_values."device_class_id", new_values."id", new_values."is_active", new_values."name", new_values."other_names", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="20b26e82deecc443246fe56d7d7794c4bcbffa9d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1fe7c",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_deviceitem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceitemevent" ("code", "device_class_id", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT new_values."code", new_values."device_class_id", new_values."id", new_values."is_active", new_values."name", new_values."other_names", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."unit" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1dab64a8efc892f9c672c6c258d7ad08370f807b",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_10a77",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_deviceitem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceitemevent" ("code", "device_class_id", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit") SELECT old_values."code", old_values."device_class_id", old_values."id", old_values."is_active", old_values."name", old_values."other_names", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="340796dc84eb76990f75b6f2e9ae7e645782615d",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4a4c1",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_deviceitem",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\d{2}){1,3}$", "分类代码是二、四或六位数字，如 122203。"
                            )
                        ],
                        verbose_name="分类代码",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "目录里已有同名的辅具。"}, max_length=100, verbose_name="名称"
                    ),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="计量单位")),
                (
                    "other_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="其他叫法",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="可以选用")),
                (
                    "device_class",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.deviceclass",
                        verbose_name="主类",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.deviceitem",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="af3f8a8c970411a82c083fe045df3c95b7ebdb95",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f07f3",
                            table="rehab_deviceitemevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_from", models.DateField(verbose_name="执行日期")),
                ("years_of_use", models.PositiveSmallIntegerField(verbose_name="使用年限（年）")),
                (
                    "ceiling_yuan",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="每件补贴上限（元）"),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="补贴比例（%）")),
                ("document", models.CharField(max_length=200, verbose_name="文号")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="rehab.deviceitem",
                        verbose_name="辅具",
                    ),
                ),
            ],
            options={
                "verbose_name": "辅具补贴标准",
                "ordering": ("item", "-effective_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "effective_from"),
                        name="device_terms_one_a_day",
                        violation_error_message="这种辅具从这一天起已有标准，请修改原来的一条。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years_of_use__gte", 1), ("years_of_use__lte", 30)),
                        name="device_terms_years",
                        violation_error_message="使用年限应在 1 至 30 年之间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ceiling_yuan__gte", 0)),
                        name="device_terms_ceiling",
                        violation_error_message="补贴上限不能是负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="device_terms_percent",
                        violation_error_message="补贴比例应在 0 至 100 之间。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicetermsevent" ("ceiling_yuan", "document", "effective_from", "id", "item_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "years_of_use") SELECT new_values."ceiling_yuan", new_values."document", new_values."effective_from", new_values."id", new_values."item_id", new_values."percent", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."years_of_use" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e7606c6f9f6de66d2238912f6a17127750f50155",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ff376",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_deviceterms",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicetermsevent" ("ceiling_yuan", "document", "effective_from", "id", "item_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "years_of_use") SELECT new_values."ceiling_yuan", new_values."document", new_values."effective_from", new_values."id", new_values."item_id", new_values."percent", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."years_of_use" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="73c672c265b6234aa11e40718032e36e5cf9c363",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fd907",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_deviceterms",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicetermsevent" ("ceiling_yuan", "document", "effective_from", "id", "item_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "years_of_use") SELECT old_values."ceiling_yuan", old_values."document", old_values."effective_from", old_values."id", old_values."item_id", old_values."percent", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."years_of_use" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e129dfdeb941b3f979b69b525009d4c0a1643fe6",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_fdd4f",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_deviceterms",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceTermsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("effective_from", models.DateField(verbose_name="执行日期")),
                ("years_of_use", models.PositiveSmallIntegerField(verbose_name="使用年限（年）")),
                (
                    "ceiling_yuan",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="每件补贴上限（元）"),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="补贴比例（%）")),
                ("document", models.CharField(max_length=200, verbose_name="文号")),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.deviceitem",
                        verbose_name="辅具",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.deviceterms",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ddfa9c26bcc526c7a529b1de17b5b7f0d41540d4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_348f3",
                            table="rehab_devicetermsevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "inventory_number",
                    models.CharField(
                        error_messages={"unique": "已有这个库存编号的辅具。"},
                        max_length=30,
                        unique=True,
                        verbose_name="库存编号",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("usable", "可用"),
                            ("repair", "维修中"),
                            ("lost", "丢失待核销"),
                            ("written_off", "已报废"),
                        ],
                        default="usable",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("place", models.CharField(max_length=50, verbose_name="存放地点")),
                ("serial_number", models.CharField(blank=True, max_length=50, verbose_name="出厂编号")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pieces",
                        to="rehab.deviceitem",
                        verbose_name="辅具",
                    ),
                ),
            ],
            options={
                "verbose_name": "库存辅具",
                "ordering": ("inventory_number",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockdeviceevent" ("id", "inventory_number", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "serial_number", "state") SELECT new_values."id", new_values."inventory_number", new_values."item_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."serial_number", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e917cbe1b91d23d734daf96e8366a3cdef3d0995",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_55ab0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_stockdevice",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockdeviceevent" ("id", "inventory_number", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "serial_number", "state") SELECT new_values."id", new_values."inventory_number", new_values."item_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."serial_number", new_values."state" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="995f70fab12999cdd54b553c375f850c48f879ee",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f3830",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_stockdevice",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockdeviceevent" ("id", "inventory_number", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "serial_number", "state") SELECT old_values."id", old_values."inventory_number", old_values."item_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."serial_number", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="dbe76a1e448ecb3edf462a734be60f69a19b2c20",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_79a21",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_stockdevice",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceLoan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lent_on", models.DateField(verbose_name="借出日期")),
                ("due_on", models.DateField(verbose_name="应归还日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="归还日期")),
                (
                    "condition",
                    models.CharField(
                        blank=True,
                        choices=[("good", "完好"), ("damaged", "损坏，需要维修"), ("lost", "丢失，没有归还")],
                        max_length=10,
                        verbose_name="归还情况",
                    ),
                ),
                ("return_note", models.CharField(blank=True, max_length=200, verbose_name="归还说明")),
                (
                    "lent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="registry.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="rehab.stockdevice",
                        verbose_name="库存辅具",
                    ),
                ),
            ],
            options={
                "verbose_name": "辅具借用",
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("returned_on__isnull", True)),
                        fields=("device",),
                        name="device_loan_one_open",
                        violation_error_message="这件辅具已经借出，还没有归还。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("lent_on"))),
                        name="device_loan_runs_forward",
                        violation_error_message="应归还日期不能早于借出日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("condition", ""), ("returned_on__isnull", True)),
                            models.Q(
                                ("returned_on__gte", models.F("lent_on")), models.Q(("condition", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="device_loan_returned_after_lent",
                        violation_error_message="归还日期不能早于借出日期，并要登记归还情况。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceloanevent" ("condition", "device_id", "due_on", "id", "lent_by_id", "lent_on", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_note", "returned_on") SELECT new_values."condition", new_values."device_id", new_values."due_on", new_values."id", new_values."lent_by_id", new_values."lent_on", new_values."note", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."return_note", new_values."returned_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="a145ef5893ab1abd3530c4797332328b1becb94d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a60b4",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_deviceloan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceloanevent" ("condition", "device_id", "due_on", "id", "lent_by_id", "lent_on", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_note", "returned_on") SELECT new_values."condition", new_values."device_id", new_values."due_on", new_values."id", new_values."lent_by_id", new_values."lent_on", new_values."note", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."return_note", new_values."returned_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="09d6225abd9718577a1632b061ccf0bf6fc9313e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4be8a",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_deviceloan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_deviceloanevent" ("condition", "device_id", "due_on", "id", "lent_by_id", "lent_on", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_note", "returned_on") SELECT old_values."condition", old_values."device_id", old_values."due_on", old_values."id", old_values."lent_by_id", old_values."lent_on", old_values."note", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."return_note", old_values."returned_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="d4a9b35986163f2fcfa73b72ee84aad95360b7cc",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1d581",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_deviceloan",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceLoanEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("lent_on", models.DateField(verbose_name="借出日期")),
                ("due_on", models.DateField(verbose_name="应归还日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="归还日期")),
                (
                    "condition",
                    models.CharField(
                        blank=True,
                        choices=[("good", "完好"), ("damaged", "损坏，需要维修"), ("lost", "丢失，没有归还")],
                        max_length=10,
                        verbose_name="归还情况",
                    ),
                ),
                ("return_note", models.CharField(blank=True, max_length=200, verbose_name="归还说明")),
                (
                    "lent_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.deviceloan",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.stockdevice",
                        verbose_name="库存辅具",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="db2e3acff64c2690cbc2258e3692a06b9274fb5e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_95dca",
                            table="rehab_deviceloanevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockDeviceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "inventory_number",
                    models.CharField(
                        error_messages={"unique": "已有这个库存编号的辅具。"}, max_length=30, verbose_name="库存编号"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("usable", "可用"),
                            ("repair", "维修中"),
                            ("lost", "丢失待核销"),
                            ("written_off", "已报废"),
                        ],
                        default="usable",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("place", models.CharField(max_length=50, verbose_name="存放地点")),
                ("serial_number", models.CharField(blank=True, max_length=50, verbose_name="出厂编号")),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.deviceitem",
                        verbose_name="辅具",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.stockdevice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="58d487e4a468cc5b1d779df1e3c4f7df97985da1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4ca07",
                            table="rehab_stockdeviceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "入库"),
                            ("move", "移库"),
                            ("repair", "送修"),
                            ("repaired", "修复入库"),
                            ("lost", "登记丢失"),
                            ("write_off", "报废核销"),
                        ],
                        max_length=20,
                        verbose_name="变动",
                    ),
                ),
                ("moved_on", models.DateField(verbose_name="变动日期")),
                ("document", models.CharField(blank=True, max_length=100, verbose_name="凭证")),
                ("place", models.CharField(blank=True, max_length=50, verbose_name="存放地点")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="rehab.stockdevice",
                        verbose_name="库存辅具",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "库存变动",
                "ordering": ("moved_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("receipt", "write_off")), _negated=True),
                            models.Q(("document", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="stock_movement_names_document",
                        violation_error_message="入库和报废都要填写凭证。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockmovementevent" ("device_id", "document", "id", "kind", "moved_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_by_id") SELECT new_values."device_id", new_values."document", new_values."id", new_values."kind", new_values."moved_on", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."recorded_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e3b6d2cc1f102c1f79374e2351dbde332ab6c4df",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_245e0",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_stockmovement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockmovementevent" ("device_id", "document", "id", "kind", "moved_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_by_id") SELECT new_values."device_id", new_values."document", new_values."id", new_values."kind", new_values."moved_on", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."recorded_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d34e3c26f5b7b615645aefb2d906cdcb83d96a15",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_267d1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_stockmovement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_stockmovementevent" ("device_id", "document", "id", "kind", "moved_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_by_id") SELECT old_values."device_id", old_values."document", old_values."id", old_values."kind", old_values."moved_on", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."recorded_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1f4993efd5969b565dc76af32d007693f0cd5315",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6a368",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_stockmovement",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "入库"),
                            ("move", "移库"),
                            ("repair", "送修"),
                            ("repaired", "修复入库"),
                            ("lost", "登记丢失"),
                            ("write_off", "报废核销"),
                        ],
                        max_length=20,
                        verbose_name="变动",
                    ),
                ),
                ("moved_on", models.DateField(verbose_name="变动日期")),
                ("document", models.CharField(blank=True, max_length=100, verbose_name="凭证")),
                ("place", models.CharField(blank=True, max_length=50, verbose_name="存放地点")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.stockdevice",
                        verbose_name="库存辅具",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.stockmovement",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8026c6303e3e37cb5424c39c4e1eaad927b1aee1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1e508",
                            table="rehab_stockmovementevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("need", "待评估"),
                            ("assessed", "待审批"),
                            ("approved", "待适配"),
                            ("fitted", "待回访"),
                            ("done", "已办结"),
                            ("refused", "不予批准"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="need",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="本环节提醒日期")),
                ("wanted", models.CharField(max_length=200, verbose_name="需要的辅具")),
                ("need_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="需求调查年度")),
                ("opened_on", models.DateField(verbose_name="登记日期")),
                ("quantity", models.PositiveSmallIntegerField(default=1, verbose_name="数量")),
                (
                    "price_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="单价（元）"
                    ),
                ),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("assessor", models.CharField(blank=True, max_length=100, verbose_name="评估人员或机构")),
                ("measures", models.CharField(blank=True, max_length=500, verbose_name="评估结论和尺寸")),
                (
                    "replacement",
                    models.CharField(
                        blank=True,
                        choices=[("damaged", "损坏且无法修复"), ("growth", "生长发育或身体状况变化"), ("lost", "丢失")],
                        max_length=10,
                        verbose_name="更换理由",
                    ),
                ),
                ("replacement_note", models.CharField(blank=True, max_length=200, verbose_name="更换情况说明")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审批日期")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="审批意见")),
                (
                    "subsidy_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="补贴金额（元）"
                    ),
                ),
                ("fitted_on", models.DateField(blank=True, null=True, verbose_name="适配日期")),
                ("serial_number", models.CharField(blank=True, max_length=50, verbose_name="出厂编号")),
                ("supplier", models.CharField(blank=True, max_length=100, verbose_name="供应或适配机构")),
                (
                    "self_pay_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="个人自付（元）"
                    ),
                ),
                (
                    "signed_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "本人"),
                            ("guardian", "监护人"),
                            ("relative", "其他亲属"),
                            ("agent", "其他代领人"),
                        ],
                        max_length=10,
                        verbose_name="签收人",
                    ),
                ),
                ("wrote_fitting", models.BooleanField(default=False, verbose_name="适配记录由本次办理写入")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
                ("end_note", models.CharField(blank=True, max_length=300, verbose_name="办结说明")),
                (
                    "assessed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="评估登记人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "fitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="适配登记人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="registry.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="rehab.deviceitem",
                        verbose_name="评估的辅具",
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="rehab.deviceterms",
                        verbose_name="适用的补贴标准",
                    ),
                ),
            ],
            options={
                "verbose_name": "辅具适配办理",
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1), ("quantity__lte", 20)),
                        name="device_case_quantity",
                        violation_error_message="数量应在 1 至 20 之间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_yuan__isnull", True), ("price_yuan__gte", 0), _connector="OR"),
                        name="device_case_price",
                        violation_error_message="单价不能是负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("need", "withdrawn")),
                            models.Q(
                                ("assessed_by__isnull", False),
                                ("assessed_on__isnull", False),
                                ("item__isnull", False),
                                ("price_yuan__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="device_case_assessed_first",
                        violation_error_message="先要登记评估，才能往下办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("approved", "fitted", "done", "refused")), _negated=True),
                            models.Q(("decided_by__isnull", False), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="device_case_decided_by_somebody",
                        violation_error_message="先要审批，才能往下办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("assessed_by__isnull", True),
                            models.Q(("decided_by", models.F("assessed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="device_case_second_pair_of_eyes",
                        violation_error_message="评估和审批不能是同一个人，请由其他人审批。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="device_case_refused_with_reason",
                        violation_error_message="不予批准必须写明理由。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("subsidy_yuan__isnull", True),
                            ("subsidy_yuan", 0),
                            models.Q(("subsidy_yuan__gt", 0), ("terms__isnull", False)),
                            _connector="OR",
                        ),
                        name="device_case_subsidy_has_terms",
                        violation_error_message="有补贴的必须注明适用的补贴标准。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("fitted", "done")), _negated=True),
                            models.Q(
                                ("fitted_by__isnull", False),
                                ("fitted_on__isnull", False),
                                ("self_pay_yuan__gte", 0),
                                models.Q(("signed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="device_case_fitted_and_signed",
                        violation_error_message="适配要登记日期、自付金额和签收人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicecaseevent" ("assessed_by_id", "assessed_on", "assessor", "decided_by_id", "decided_on", "due_on", "end_note", "ended_on", "fitted_by_id", "fitted_on", "id", "item_id", "measures", "need_year", "opened_by_id", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "reason", "replacement", "replacement_note", "self_pay_yuan", "serial_number", "signed_by", "state", "subsidy_yuan", "supplier", "terms_id", "wanted", "wrote_fitting") SELECT new_values."assessed_by_id", new_values."assessed_on", new_values."assessor", new_values."decided_by_id", new_values."decided_on", new_values."due_on", new_values."end_note", new_values."ended_on", new_values."fitted_by_id", new_values."fitted_on", new_values."id", new_values."item_id", new_values."measures", new_values."need_year", new_values."opened_by_id", new_values."opened_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price_yuan", new_values."quantity", new_values."reason", new_values."replacement", new_values."replacement_note", new_values."self_pay_yuan", new_values."serial_number", new_values."signed_by", new_values."state", new_values."subsidy_yuan", new_values."supplier", new_values."terms_id", new_values."wanted", new_values."wrote_fitting" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c07671927a0a459e5481c6ed1ea642bb691c94a8",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_47774",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_devicecase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicecaseevent" ("assessed_by_id", "assessed_on", "assessor", "decided_by_id", "decided_on", "due_on", "end_note", "ended_on", "fitted_by_id", "fitted_on", "id", "item_id", "measures", "need_year", "opened_by_id", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "reason", "replacement", "replacement_note", "self_pay_yuan", "serial_number", "signed_by", "state", "subsidy_yuan", "supplier", "terms_id", "wanted", "wrote_fitting") SELECT new_values."assessed_by_id", new_values."assessed_on", new_values."assessor", new_values."decided_by_id", new_values."decided_on", new_values."due_on", new_values."end_note", new_values."ended_on", new_values."fitted_by_id", new_values."fitted_on", new_values."id", new_values."item_id", new_values."measures", new_values."need_year", new_values."opened_by_id", new_values."opened_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price_yuan", new_values."quantity", new_values."reason", new_values."replacement", new_values."replacement_note", new_values."self_pay_yuan", new_values."serial_number", new_values."signed_by", new_values."state", new_values."subsidy_yuan", new_values."supplier", new_values."terms_id", new_values."wanted", new_values."wrote_fitting" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="9fbfe9fb43ba2f1a6c1c3fa6b3ddfc2eae798320",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e2a57",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_devicecase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicecaseevent" ("assessed_by_id", "assessed_on", "assessor", "decided_by_id", "decided_on", "due_on", "end_note", "ended_on", "fitted_by_id", "fitted_on", "id", "item_id", "measures", "need_year", "opened_by_id", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "reason", "replacement", "replacement_note", "self_pay_yuan", "serial_number", "signed_by", "state", "subsidy_yuan", "supplier", "terms_id", "wanted", "wrote_fitting") SELECT old_values."assessed_by_id", old_values."assessed_on", old_values."assessor", old_values."decided_by_id", old_values."decided_on", old_values."due_on", old_values."end_note", old_values."ended_on", old_values."fitted_by_id", old_values."fitted_on", old_values."id", old_values."item_id", old_values."measures", old_values."need_year", old_values."opened_by_id", old_values."opened_on", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price_yuan", old_values."quantity", old_values."reason", old_values."replacement", old_values."replacement_note", old_values."self_pay_yuan", old_values."serial_number", old_values."signed_by", old_values."state", old_values."subsidy_yuan", old_values."supplier", old_values."terms_id", old_values."wanted", old_values."wrote_fitting" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="d59a2e3e86aa72b46af22503614ff1d90beef9bf",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_36ae7",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_devicecase",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceFollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField(verbose_name="回访日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="应回访日期")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("good", "正常使用"),
                            ("repair", "需要维修"),
                            ("adjust", "需要调整或改制"),
                            ("unused", "不再使用"),
                        ],
                        max_length=10,
                        verbose_name="回访结果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="回访情况")),
                ("repair", models.CharField(blank=True, max_length=300, verbose_name="维修或调整内容")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="rehab.devicecase",
                        verbose_name="适配办理",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回访人",
                    ),
                ),
            ],
            options={
                "verbose_name": "辅具回访",
                "ordering": ("done_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result__in", ("repair", "adjust")), _negated=True),
                            models.Q(("repair", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="device_follow_up_says_repair",
                        violation_error_message="需要维修或调整的，请写明维修或调整的内容。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicefollowupevent" ("case_id", "done_by_id", "done_on", "due_on", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "result") SELECT new_values."case_id", new_values."done_by_id", new_values."done_on", new_values."due_on", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."repair", new_values."result" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="dd32d66a4524ff4c4f3154d07d9d437e59ab71ef",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_dfe42",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="rehab_devicefollowup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicefollowupevent" ("case_id", "done_by_id", "done_on", "due_on", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "result") SELECT new_values."case_id", new_values."done_by_id", new_values."done_on", new_values."due_on", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."repair", new_values."result" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="df9a812af87263b313283379c42bb449b3eca172",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6643f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="rehab_devicefollowup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "rehab_devicefollowupevent" ("case_id", "done_by_id", "done_on", "due_on", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "result") SELECT old_values."case_id", old_values."done_by_id", old_values."done_on", old_values."due_on", old_values."id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."repair", old_values."result" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b3e1dcdbabde980161fe18fc5e89ad8b377e475f",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8e42a",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="rehab_devicefollowup",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceFollowUpEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("done_on", models.DateField(verbose_name="回访日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="应回访日期")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("good", "正常使用"),
                            ("repair", "需要维修"),
                            ("adjust", "需要调整或改制"),
                            ("unused", "不再使用"),
                        ],
                        max_length=10,
                        verbose_name="回访结果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="回访情况")),
                ("repair", models.CharField(blank=True, max_length=300, verbose_name="维修或调整内容")),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.devicecase",
                        verbose_name="适配办理",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回访人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.devicefollowup",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="483d56c65c4dba5d4743e1959e51ca2c4d86488c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3b3c0",
                            table="rehab_devicefollowupevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceCaseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("need", "待评估"),
                            ("assessed", "待审批"),
                            ("approved", "待适配"),
                            ("fitted", "待回访"),
                            ("done", "已办结"),
                            ("refused", "不予批准"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="need",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="本环节提醒日期")),
                ("wanted", models.CharField(max_length=200, verbose_name="需要的辅具")),
                ("need_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="需求调查年度")),
                ("opened_on", models.DateField(verbose_name="登记日期")),
                ("quantity", models.PositiveSmallIntegerField(default=1, verbose_name="数量")),
                (
                    "price_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="单价（元）"
                    ),
                ),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("assessor", models.CharField(blank=True, max_length=100, verbose_name="评估人员或机构")),
                ("measures", models.CharField(blank=True, max_length=500, verbose_name="评估结论和尺寸")),
                (
                    "replacement",
                    models.CharField(
                        blank=True,
                        choices=[("damaged", "损坏且无法修复"), ("growth", "生长发育或身体状况变化"), ("lost", "丢失")],
                        max_length=10,
                        verbose_name="更换理由",
                    ),
                ),
                ("replacement_note", models.CharField(blank=True, max_length=200, verbose_name="更换情况说明")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="审批日期")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="审批意见")),
                (
                    "subsidy_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="补贴金额（元）"
                    ),
                ),
                ("fitted_on", models.DateField(blank=True, null=True, verbose_name="适配日期")),
                ("serial_number", models.CharField(blank=True, max_length=50, verbose_name="出厂编号")),
                ("supplier", models.CharField(blank=True, max_length=100, verbose_name="供应或适配机构")),
                (
                    "self_pay_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="个人自付（元）"
                    ),
                ),
                (
                    "signed_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "本人"),
                            ("guardian", "监护人"),
                            ("relative", "其他亲属"),
                            ("agent", "其他代领人"),
                        ],
                        max_length=10,
                        verbose_name="签收人",
                    ),
                ),
                ("wrote_fitting", models.BooleanField(default=False, verbose_name="适配记录由本次办理写入")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
                ("end_note", models.CharField(blank=True, max_length=300, verbose_name="办结说明")),
                (
                    "assessed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="评估登记人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "fitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="适配登记人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="rehab.devicecase",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.deviceitem",
                        verbose_name="评估的辅具",
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="rehab.deviceterms",
                        verbose_name="适用的补贴标准",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="46001b2bc0b11d0e2e802206c936e1059d0ab734",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_974a3",
                            table="rehab_devicecaseevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.RunPython(load_classes, migrations.RunPython.noop),
    ]
