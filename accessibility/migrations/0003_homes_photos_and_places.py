"""Homes, photographs and public places, and the parameters that they ask for."""

from importlib import import_module

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import zalainuoer.common.fields

loading = import_module("zalainuoer.common.migrations.0002_load_divisions_departments_parameters")


class Migration(migrations.Migration):
    dependencies = [
        ("accessibility", "0002_initial"),
        ("common", "0008_load_calendar_and_subsidy_parameters"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("registry", "0005_death_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contractor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "已有同名的施工单位。"},
                        max_length=100,
                        unique=True,
                        verbose_name="单位名称",
                    ),
                ),
                ("credit_code", models.CharField(max_length=18, unique=True, verbose_name="统一社会信用代码")),
                ("contact_name", models.CharField(max_length=50, verbose_name="联系人")),
                (
                    "contact_phone",
                    zalainuoer.common.fields.EncryptedTextField(purpose="phone", verbose_name="联系电话"),
                ),
                ("contact_phone_index", zalainuoer.common.fields.BlindIndexField(editable=False, purpose="phone")),
                ("document", models.CharField(blank=True, max_length=200, verbose_name="采购文件或合同文号")),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "施工单位",
                "ordering": ("name",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_contractorevent" ("contact_name", "contact_phone", "contact_phone_index", "credit_code", "document", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."contact_name", new_values."contact_phone", new_values."contact_phone_index", new_values."credit_code", new_values."document", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0e3519c8dcb5ff08774dd83bf646f5ef1cdedfb3",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_45d30",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_contractor",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_contractorevent" ("contact_name", "contact_phone", "contact_phone_index", "credit_code", "document", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."contact_name", new_values."contact_phone", new_values."contact_phone_index", new_values."credit_code", new_values."document", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."contact_name" IS DISTINCT FROM (new_values."contact_name") OR old_values."contact_phone_index" IS DISTINCT FROM (new_values."contact_phone_index") OR old_values."credit_code" IS DISTINCT FROM (new_values."credit_code") OR old_values."document" IS DISTINCT FROM (new_values."document") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."name" IS DISTINCT FROM (new_values."name")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b1b54d756ab26ce0a8f00d57c134fd360a397afe",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d7197",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_contractor",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_contractorevent" ("contact_name", "contact_phone", "contact_phone_index", "credit_code", "document", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."contact_name", old_values."contact_phone", old_values."contact_phone_index", old_values."credit_code", old_values."document", old_values."id", old_values."is_active", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ec6741ad7e42f2c6bfee51520ae9665962511916",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_632b6",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_contractor",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "已有同名的施工单位。"}, max_length=100, verbose_name="单位名称"
                    ),
                ),
                ("credit_code", models.CharField(max_length=18, verbose_name="统一社会信用代码")),
                ("contact_name", models.CharField(max_length=50, verbose_name="联系人")),
                (
                    "contact_phone",
                    zalainuoer.common.fields.EncryptedTextField(purpose="phone", verbose_name="联系电话"),
                ),
                ("contact_phone_index", zalainuoer.common.fields.BlindIndexField(editable=False, purpose="phone")),
                ("document", models.CharField(blank=True, max_length=200, verbose_name="采购文件或合同文号")),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
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
                        to="accessibility.contractor",
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
                            hash="28a713ab48cb550949a3044a555d9272b6029a23",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e911e",
                            table="accessibility_contractorevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Facility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("road", "城市道路"),
                            ("crossing", "天桥、地道和信号灯"),
                            ("building", "公共建筑"),
                            ("service", "政务和公共服务大厅"),
                            ("toilet", "公共厕所"),
                            ("transport", "公共交通"),
                            ("parking", "停车场"),
                            ("estate", "居住小区"),
                            ("welfare", "康复、托养和集中就业场所"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("keeper", models.CharField(max_length=100, verbose_name="管理单位")),
                ("supervisor", models.CharField(blank=True, max_length=100, verbose_name="主管部门")),
                ("bays", models.PositiveIntegerField(blank=True, null=True, verbose_name="停车泊位总数")),
                ("accessible_bays", models.PositiveIntegerField(blank=True, null=True, verbose_name="无障碍停车位数")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.division",
                        verbose_name="所在社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "无障碍设施",
                "ordering": ("kind", "name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "name"),
                        name="facility_once",
                        violation_error_message="这个社区已有同名的设施。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accessible_bays__isnull", True), ("bays__isnull", False), _connector="OR"),
                        name="facility_bays_known",
                        violation_error_message="填写无障碍停车位数的，也要填写停车泊位总数。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_facilityevent" ("accessible_bays", "address", "bays", "closed_on", "community_id", "id", "keeper", "kind", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supervisor") SELECT new_values."accessible_bays", new_values."address", new_values."bays", new_values."closed_on", new_values."community_id", new_values."id", new_values."keeper", new_values."kind", new_values."name", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."supervisor" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e0d0863a1bb2b99cdee5557b164ea892275211a3",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_aa25f",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_facility",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_facilityevent" ("accessible_bays", "address", "bays", "closed_on", "community_id", "id", "keeper", "kind", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supervisor") SELECT new_values."accessible_bays", new_values."address", new_values."bays", new_values."closed_on", new_values."community_id", new_values."id", new_values."keeper", new_values."kind", new_values."name", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."supervisor" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="509c1a706ea659deef774f75a6499eab8a603419",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d0f45",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_facility",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_facilityevent" ("accessible_bays", "address", "bays", "closed_on", "community_id", "id", "keeper", "kind", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supervisor") SELECT old_values."accessible_bays", old_values."address", old_values."bays", old_values."closed_on", old_values."community_id", old_values."id", old_values."keeper", old_values."kind", old_values."name", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."supervisor" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1f31350802dfb6d37746d44dbdf062c5722403e4",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ed6fa",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_facility",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilityEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("road", "城市道路"),
                            ("crossing", "天桥、地道和信号灯"),
                            ("building", "公共建筑"),
                            ("service", "政务和公共服务大厅"),
                            ("toilet", "公共厕所"),
                            ("transport", "公共交通"),
                            ("parking", "停车场"),
                            ("estate", "居住小区"),
                            ("welfare", "康复、托养和集中就业场所"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("keeper", models.CharField(max_length=100, verbose_name="管理单位")),
                ("supervisor", models.CharField(blank=True, max_length=100, verbose_name="主管部门")),
                ("bays", models.PositiveIntegerField(blank=True, null=True, verbose_name="停车泊位总数")),
                ("accessible_bays", models.PositiveIntegerField(blank=True, null=True, verbose_name="无障碍停车位数")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "community",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="common.division",
                        verbose_name="所在社区",
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
                        to="accessibility.facility",
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
                            hash="48ee47b6abd36504e47a98774a20d233eac7fe6e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_58f23",
                            table="accessibility_facilityevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("inspected_on", models.DateField(verbose_name="检查日期")),
                ("team", models.CharField(max_length=200, verbose_name="检查人员")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="总体情况")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="accessibility.facility",
                        verbose_name="设施",
                    ),
                ),
            ],
            options={
                "verbose_name": "体验检查",
                "ordering": ("-inspected_on", "-pk"),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_inspectionevent" ("facility_id", "id", "inspected_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team") SELECT new_values."facility_id", new_values."id", new_values."inspected_on", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."team" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f9ec28a5bb914babdd3ab59165fa2f9b2a63f799",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bc279",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_inspection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_inspectionevent" ("facility_id", "id", "inspected_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team") SELECT new_values."facility_id", new_values."id", new_values."inspected_on", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."team" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="569520c0024e087cb56ed1f655dc2068370273e7",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_db15a",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_inspection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_inspectionevent" ("facility_id", "id", "inspected_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team") SELECT old_values."facility_id", old_values."id", old_values."inspected_on", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."team" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="14858acdf08542fd4882b7eae0af6c62caf10685",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bae7c",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_inspection",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("inspected_on", models.DateField(verbose_name="检查日期")),
                ("team", models.CharField(max_length=200, verbose_name="检查人员")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="总体情况")),
                (
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.facility",
                        verbose_name="设施",
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
                        to="accessibility.inspection",
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
                            hash="dce9546eaf00ebef1dfcb46893954c949e41eec9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7cf05",
                            table="accessibility_inspectionevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.PositiveIntegerField(verbose_name="编号")),
                ("issued_on", models.DateField(verbose_name="发出日期")),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="整改期限（工作日）")),
                ("due_on", models.DateField(verbose_name="整改截止日期")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤回原因")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accessibility.facility",
                        verbose_name="设施",
                    ),
                ),
            ],
            options={
                "verbose_name": "整改通知",
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("year", "number"), name="rectification_notice_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("issued_on")), ("working_days__gt", 0)),
                        name="rectification_notice_due_later",
                        violation_error_message="整改期限至少 1 个工作日。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on__isnull", True),
                            models.Q(("withdrawn_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rectification_notice_withdrawn_with_reason",
                        violation_error_message="撤回整改通知必须写明原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_rectificationnoticeevent" ("due_on", "facility_id", "id", "issued_on", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "withdrawn_on", "withdrawn_reason", "working_days", "year") SELECT new_values."due_on", new_values."facility_id", new_values."id", new_values."issued_on", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."withdrawn_on", new_values."withdrawn_reason", new_values."working_days", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b5736bba67c8a430d3a80edc170e93f83c729676",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1f3d6",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_rectificationnotice",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_rectificationnoticeevent" ("due_on", "facility_id", "id", "issued_on", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "withdrawn_on", "withdrawn_reason", "working_days", "year") SELECT new_values."due_on", new_values."facility_id", new_values."id", new_values."issued_on", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."withdrawn_on", new_values."withdrawn_reason", new_values."working_days", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="555d016e5e4b5fc46f2e212662709315cd127379",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_afc98",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_rectificationnotice",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_rectificationnoticeevent" ("due_on", "facility_id", "id", "issued_on", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "withdrawn_on", "withdrawn_reason", "working_days", "year") SELECT old_values."due_on", old_values."facility_id", old_values."id", old_values."issued_on", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."withdrawn_on", old_values."withdrawn_reason", old_values."working_days", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="efb64c6ad69ec9cfaf2a77f379633d1b622b5406",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9bc1b",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_rectificationnotice",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Barrier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=100, verbose_name="具体位置")),
                ("found", models.CharField(max_length=300, verbose_name="障碍情况")),
                ("standard", models.CharField(blank=True, max_length=200, verbose_name="依据的标准")),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="barriers",
                        to="accessibility.inspection",
                        verbose_name="体验检查",
                    ),
                ),
                (
                    "removed_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removed",
                        to="accessibility.inspection",
                        verbose_name="复查",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="barriers",
                        to="accessibility.rectificationnotice",
                        verbose_name="整改通知",
                    ),
                ),
            ],
            options={
                "verbose_name": "障碍",
                "ordering": ("pk",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barrierevent" ("found", "id", "inspection_id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "removed_in_id", "standard") SELECT new_values."found", new_values."id", new_values."inspection_id", new_values."notice_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."removed_in_id", new_values."standard" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="3276568a4e51921f635ccd2bf45e3fa0bc496ff8",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ba85e",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_barrier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barrierevent" ("found", "id", "inspection_id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "removed_in_id", "standard") SELECT new_values."found", new_values."id", new_values."inspection_id", new_values."notice_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."removed_in_id", new_values."standard" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="132412afb2e62c478448239d87bf2e878328844f",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_518c3",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_barrier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barrierevent" ("found", "id", "inspection_id", "notice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "removed_in_id", "standard") SELECT old_values."found", old_values."id", old_values."inspection_id", old_values."notice_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."removed_in_id", old_values."standard" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="718c2aefa1824940b1f4d3e1de8e1bba235cf609",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_30ebe",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_barrier",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationNoticeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.PositiveIntegerField(verbose_name="编号")),
                ("issued_on", models.DateField(verbose_name="发出日期")),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="整改期限（工作日）")),
                ("due_on", models.DateField(verbose_name="整改截止日期")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤回原因")),
                (
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.facility",
                        verbose_name="设施",
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
                        to="accessibility.rectificationnotice",
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
                            hash="742205483aa1335fd47f7cfc02f472cd23a820cf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0e909",
                            table="accessibility_rectificationnoticeevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetrofitHome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="任务年度")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("candidate", "待入户评估"),
                            ("planning", "待制定方案"),
                            ("publicity", "待公示"),
                            ("on_show", "公示中"),
                            ("approving", "待审批"),
                            ("contracting", "待签约"),
                            ("waiting", "待开工"),
                            ("works", "施工中"),
                            ("accepting", "待验收"),
                            ("correcting", "整改中"),
                            ("settling", "待结算"),
                            ("following", "待回访"),
                            ("filing", "待归档"),
                            ("filed", "已归档"),
                            ("ended", "已终止"),
                        ],
                        default="candidate",
                        max_length=12,
                        verbose_name="环节",
                    ),
                ),
                ("since_on", models.DateField(verbose_name="进入本环节日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="本环节期限")),
                (
                    "address",
                    zalainuoer.common.fields.EncryptedTextField(
                        blank=True, null=True, purpose="address", verbose_name="改造住址"
                    ),
                ),
                (
                    "address_index",
                    zalainuoer.common.fields.BlindIndexField(blank=True, editable=False, null=True, purpose="address"),
                ),
                ("wish", models.CharField(max_length=300, verbose_name="改造意愿")),
                ("is_alterable", models.BooleanField(blank=True, null=True, verbose_name="住房可以改造")),
                ("has_several_disabled", models.BooleanField(default=False, verbose_name="一户多残")),
                ("is_old_caring", models.BooleanField(default=False, verbose_name="以老养残")),
                ("opened_on", models.DateField(verbose_name="登记日期")),
                (
                    "hardship",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dibao", "低保"),
                            ("tekun", "特困"),
                            ("dibao_edge", "低保边缘"),
                            ("relapse_watch", "防返贫监测"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="困难类型",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")],
                        max_length=1,
                        verbose_name="残疾等级",
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=500, verbose_name="认定依据")),
                ("contract_number", models.CharField(blank=True, max_length=100, verbose_name="合同编号")),
                (
                    "contract_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="合同金额（元）"
                    ),
                ),
                ("works_due_on", models.DateField(blank=True, null=True, verbose_name="合同完工日期")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("declined", "本人放弃"),
                            ("not_alterable", "住房不具备改造条件"),
                            ("gone", "死亡或迁出"),
                            ("already", "已享受过改造"),
                            ("not_eligible", "不符合条件"),
                            ("refused", "不予批准"),
                        ],
                        max_length=15,
                        verbose_name="终止原因",
                    ),
                ),
                (
                    "contractor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="homes",
                        to="accessibility.contractor",
                        verbose_name="施工单位",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retrofit_homes",
                        to="registry.household",
                        verbose_name="户",
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
                    "retrofit",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="home",
                        to="accessibility.homeretrofit",
                        verbose_name="改造台账",
                    ),
                ),
            ],
            options={
                "verbose_name": "家庭无障碍改造办理",
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stage__in", ("filed", "ended")), _negated=True),
                        fields=("household",),
                        name="retrofit_home_one_open",
                        violation_error_message="这一户正在办理改造，请打开它继续；一户不能同时办理两次。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retrofit__isnull", True),
                            models.Q(
                                models.Q(("hardship", ""), _negated=True),
                                models.Q(("level", ""), _negated=True),
                                models.Q(("evidence", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="retrofit_home_frozen_with_evidence",
                        violation_error_message="批准时必须固定困难类型、残疾等级和认定依据。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "ended"), _negated=True),
                            models.Q(("end_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="retrofit_home_ended_with_reason",
                        violation_error_message="终止办理必须写明原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofithomeevent" ("address", "address_index", "contract_number", "contract_yuan", "contractor_id", "due_on", "end_reason", "evidence", "hardship", "has_several_disabled", "household_id", "id", "is_alterable", "is_old_caring", "level", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retrofit_id", "since_on", "stage", "wish", "works_due_on", "year") SELECT new_values."address", new_values."address_index", new_values."contract_number", new_values."contract_yuan", new_values."contractor_id", new_values."due_on", new_values."end_reason", new_values."evidence", new_values."hardship", new_values."has_several_disabled", new_values."household_id", new_values."id", new_values."is_alterable", new_values."is_old_caring", new_values."level", new_values."opened_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."retrofit_id", new_values."since_on", new_values."stage", new_values."wish", new_values."works_due_on", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="683fcf3ace690ae5a608f1be44c2efeea65f68ee",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_afe4b",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_retrofithome",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofithomeevent" ("address", "address_index", "contract_number", "contract_yuan", "contractor_id", "due_on", "end_reason", "evidence", "hardship", "has_several_disabled", "household_id", "id", "is_alterable", "is_old_caring", "level", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retrofit_id", "since_on", "stage", "wish", "works_due_on", "year") SELECT new_values."address", new_values."address_index", new_values."contract_number", new_values."contract_yuan", new_values."contractor_id", new_values."due_on", new_values."end_reason", new_values."evidence", new_values."hardship", new_values."has_several_disabled", new_values."household_id", new_values."id", new_values."is_alterable", new_values."is_old_caring", new_values."level", new_values."opened_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."retrofit_id", new_values."since_on", new_values."stage", new_values."wish", new_values."works_due_on", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address_index" IS DISTINCT FROM (new_values."address_index") OR old_values."contract_number" IS DISTINCT FROM (new_values."contract_number") OR old_values."contract_yuan" IS DISTINCT FROM (new_values."contract_yuan") OR old_values."contractor_id" IS DISTINCT FROM (new_values."contractor_id") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."end_reason" IS DISTINCT FROM (new_values."end_reason") OR old_values."evidence" IS DISTINCT FROM (new_values."evidence") OR old_values."hardship" IS DISTINCT FROM (new_values."hardship") OR old_values."has_several_disabled" IS DISTINCT FROM (new_values."has_several_disabled") OR old_values."household_id" IS DISTINCT FROM (new_values."household_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_alterable" IS DISTINCT FROM (new_values."is_alterable") OR old_values."is_old_caring" IS DISTINCT FROM (new_values."is_old_caring") OR old_values."level" IS DISTINCT FROM (new_values."level") OR old_values."opened_on" IS DISTINCT FROM (new_values."opened_on") OR old_values."person_id" IS DISTINCT FROM (new_values."person_id") OR old_values."retrofit_id" IS DISTINCT FROM (new_values."retrofit_id") OR old_values."since_on" IS DISTINCT FROM (new_values."since_on") OR old_values."stage" IS DISTINCT FROM (new_values."stage") OR old_values."wish" IS DISTINCT FROM (new_values."wish") OR old_values."works_due_on" IS DISTINCT FROM (new_values."works_due_on") OR old_values."year" IS DISTINCT FROM (new_values."year")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="d94f31e1cf04dd90c48e6ca393f5b148bf42fff1",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e5890",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_retrofithome",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofithomeevent" ("address", "address_index", "contract_number", "contract_yuan", "contractor_id", "due_on", "end_reason", "evidence", "hardship", "has_several_disabled", "household_id", "id", "is_alterable", "is_old_caring", "level", "opened_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retrofit_id", "since_on", "stage", "wish", "works_due_on", "year") SELECT old_values."address", old_values."address_index", old_values."contract_number", old_values."contract_yuan", old_values."contractor_id", old_values."due_on", old_values."end_reason", old_values."evidence", old_values."hardship", old_values."has_several_disabled", old_values."household_id", old_values."id", old_values."is_alterable", old_values."is_old_caring", old_values."level", old_values."opened_on", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."retrofit_id", old_values."since_on", old_values."stage", old_values."wish", old_values."works_due_on", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="241e3611858fefb23316418a921264d597b769f3",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bfad2",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_retrofithome",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("months", models.PositiveSmallIntegerField(verbose_name="验收后第几个月")),
                ("due_on", models.DateField(verbose_name="应回访日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                (
                    "use",
                    models.CharField(
                        blank=True,
                        choices=[("good", "正常使用"), ("repair", "需要维修"), ("unused", "没有使用")],
                        max_length=10,
                        verbose_name="使用情况",
                    ),
                ),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满意度（1 到 5 分）"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="回访情况")),
                ("repair", models.CharField(blank=True, max_length=300, verbose_name="维修内容")),
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
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "改造回访",
                "ordering": ("due_on",),
                "constraints": [
                    models.UniqueConstraint(fields=("home", "months"), name="follow_up_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True),
                            models.Q(("satisfaction__gte", 1), ("satisfaction__lte", 5)),
                            _connector="OR",
                        ),
                        name="follow_up_satisfaction",
                        violation_error_message="满意度填 1 到 5 分。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_on__isnull", True),
                            models.Q(models.Q(("use", ""), _negated=True), ("satisfaction__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_up_done_says_use",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_followupevent" ("done_by_id", "done_on", "due_on", "home_id", "id", "months", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "satisfaction", "use") SELECT new_values."done_by_id", new_values."done_on", new_values."due_on", new_values."home_id", new_values."id", new_values."months", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."repair", new_values."satisfaction", new_values."use" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="affa0d446fb49f1218aa9271d9a2a132cf673a1d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_eeee9",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_followup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_followupevent" ("done_by_id", "done_on", "due_on", "home_id", "id", "months", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "satisfaction", "use") SELECT new_values."done_by_id", new_values."done_on", new_values."due_on", new_values."home_id", new_values."id", new_values."months", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."repair", new_values."satisfaction", new_values."use" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="8140ee314312579cb88ceeb743fdb601fc062f32",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b9abc",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_followup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_followupevent" ("done_by_id", "done_on", "due_on", "home_id", "id", "months", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repair", "satisfaction", "use") SELECT old_values."done_by_id", old_values."done_on", old_values."due_on", old_values."home_id", old_values."id", old_values."months", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."repair", old_values."satisfaction", old_values."use" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0321d259aa8cfbb98ea10ea172608796410c9808",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8f9d3",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_followup",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("months", models.PositiveSmallIntegerField(verbose_name="验收后第几个月")),
                ("due_on", models.DateField(verbose_name="应回访日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                (
                    "use",
                    models.CharField(
                        blank=True,
                        choices=[("good", "正常使用"), ("repair", "需要维修"), ("unused", "没有使用")],
                        max_length=10,
                        verbose_name="使用情况",
                    ),
                ),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满意度（1 到 5 分）"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="回访情况")),
                ("repair", models.CharField(blank=True, max_length=300, verbose_name="维修内容")),
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
                        to="accessibility.followup",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
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
                            hash="a7e86c4864b342acdba3f76a590c058ec5d31fda",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a7879",
                            table="accessibility_followupevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fund",
                    models.CharField(
                        choices=[
                            ("central", "中央补助"),
                            ("lottery", "彩票公益金"),
                            ("region", "自治区"),
                            ("city", "市级"),
                            ("district", "区本级"),
                            ("levy", "残疾人就业保障金"),
                            ("other", "社会捐助和其他"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("budget_yuan", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="预算（元）")),
                (
                    "spent_yuan",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="支出（元）"),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金构成",
                "ordering": ("fund",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("home", "fund"), name="funding_share_once", violation_error_message="同一来源只填一行。"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("budget_yuan__gte", 0), ("spent_yuan__gte", 0)),
                        name="funding_share_not_negative",
                        violation_error_message="金额不能是负数。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_fundingshareevent" ("budget_yuan", "fund", "home_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spent_yuan") SELECT new_values."budget_yuan", new_values."fund", new_values."home_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."spent_yuan" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c984de6d2753551c13491e64e7f639727d06aea1",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b3c61",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_fundingshare",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_fundingshareevent" ("budget_yuan", "fund", "home_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spent_yuan") SELECT new_values."budget_yuan", new_values."fund", new_values."home_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."spent_yuan" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f912eedc52ac3cf2091dfeb2c8f3fbb94b923cc9",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_91f3f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_fundingshare",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_fundingshareevent" ("budget_yuan", "fund", "home_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "spent_yuan") SELECT old_values."budget_yuan", old_values."fund", old_values."home_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."spent_yuan" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c0a04a5c0304374e971ad0b8d32aad122761f3f2",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8e196",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_fundingshare",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingShareEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "fund",
                    models.CharField(
                        choices=[
                            ("central", "中央补助"),
                            ("lottery", "彩票公益金"),
                            ("region", "自治区"),
                            ("city", "市级"),
                            ("district", "区本级"),
                            ("levy", "残疾人就业保障金"),
                            ("other", "社会捐助和其他"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("budget_yuan", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="预算（元）")),
                (
                    "spent_yuan",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="支出（元）"),
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
                        to="accessibility.fundingshare",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
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
                            hash="9dc93d1b49c5c05c84c258e391d97f0d5c3ebd18",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c68e3",
                            table="accessibility_fundingshareevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("assessed_on", models.DateField(verbose_name="评估日期")),
                ("assessors", models.CharField(max_length=100, verbose_name="评估人员")),
                ("is_own", models.BooleanField(blank=True, null=True, verbose_name="自有住房")),
                ("owner_agrees", models.BooleanField(blank=True, null=True, verbose_name="房屋所有人同意改造")),
                ("moves_by", models.CharField(blank=True, max_length=300, verbose_name="日常活动和行动方式")),
                ("wishes", models.CharField(blank=True, max_length=500, verbose_name="本人和家属的意见")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="其他情况")),
                (
                    "home",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "入户评估",
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeassessmentevent" ("assessed_on", "assessors", "home_id", "id", "is_own", "moves_by", "note", "owner_agrees", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "wishes") SELECT new_values."assessed_on", new_values."assessors", new_values."home_id", new_values."id", new_values."is_own", new_values."moves_by", new_values."note", new_values."owner_agrees", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."wishes" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="8bb0018979d2f65a3f48ee51059f343de12189eb",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ef8f8",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_homeassessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeassessmentevent" ("assessed_on", "assessors", "home_id", "id", "is_own", "moves_by", "note", "owner_agrees", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "wishes") SELECT new_values."assessed_on", new_values."assessors", new_values."home_id", new_values."id", new_values."is_own", new_values."moves_by", new_values."note", new_values."owner_agrees", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."wishes" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="4fc2bc5a60a1966d7ef37a3eacf40ad6bd6b5509",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6a4a2",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_homeassessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeassessmentevent" ("assessed_on", "assessors", "home_id", "id", "is_own", "moves_by", "note", "owner_agrees", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "wishes") SELECT old_values."assessed_on", old_values."assessors", old_values."home_id", old_values."id", old_values."is_own", old_values."moves_by", old_values."note", old_values."owner_agrees", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."wishes" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ec1d277f1daa8a8fea0fa9e1a1f475f80c540608",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2ea10",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_homeassessment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeAssessmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("assessed_on", models.DateField(verbose_name="评估日期")),
                ("assessors", models.CharField(max_length=100, verbose_name="评估人员")),
                ("is_own", models.BooleanField(blank=True, null=True, verbose_name="自有住房")),
                ("owner_agrees", models.BooleanField(blank=True, null=True, verbose_name="房屋所有人同意改造")),
                ("moves_by", models.CharField(blank=True, max_length=300, verbose_name="日常活动和行动方式")),
                ("wishes", models.CharField(blank=True, max_length=500, verbose_name="本人和家属的意见")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="其他情况")),
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
                        to="accessibility.homeassessment",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
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
                            hash="d35f0e6f90086c47e6b62e736b12457a2c1487a9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9de13",
                            table="accessibility_homeassessmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeRoom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "room",
                    models.CharField(
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                ("barrier", models.CharField(max_length=300, verbose_name="障碍情况")),
                ("door_width_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="门洞净宽（毫米）")),
                (
                    "height_gap_mm",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="高差或门槛（毫米）"),
                ),
                ("length_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="长（毫米）")),
                ("width_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="宽（毫米）")),
                ("wish", models.CharField(blank=True, max_length=200, verbose_name="改造意愿")),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rooms",
                        to="accessibility.homeassessment",
                        verbose_name="入户评估",
                    ),
                ),
            ],
            options={
                "verbose_name": "评估位置",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assessment", "room"),
                        name="home_room_once",
                        violation_error_message="同一位置只填一次，请在原来的一条里补充。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeroomevent" ("assessment_id", "barrier", "door_width_mm", "height_gap_mm", "id", "length_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room", "width_mm", "wish") SELECT new_values."assessment_id", new_values."barrier", new_values."door_width_mm", new_values."height_gap_mm", new_values."id", new_values."length_mm", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."room", new_values."width_mm", new_values."wish" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ae67b784dc8c69ebd94b51d65bb417c8fc2aa5f1",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6da65",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_homeroom",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeroomevent" ("assessment_id", "barrier", "door_width_mm", "height_gap_mm", "id", "length_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room", "width_mm", "wish") SELECT new_values."assessment_id", new_values."barrier", new_values."door_width_mm", new_values."height_gap_mm", new_values."id", new_values."length_mm", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."room", new_values."width_mm", new_values."wish" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="02da9af7b30c2f75d7b4382c7e13f08429e6b7fa",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e7c76",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_homeroom",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeroomevent" ("assessment_id", "barrier", "door_width_mm", "height_gap_mm", "id", "length_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room", "width_mm", "wish") SELECT old_values."assessment_id", old_values."barrier", old_values."door_width_mm", old_values."height_gap_mm", old_values."id", old_values."length_mm", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."room", old_values."width_mm", old_values."wish" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="79d36d030dadb97ab1cf9d860e5d495b78080f68",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c668c",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_homeroom",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeRoomEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "room",
                    models.CharField(
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                ("barrier", models.CharField(max_length=300, verbose_name="障碍情况")),
                ("door_width_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="门洞净宽（毫米）")),
                (
                    "height_gap_mm",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="高差或门槛（毫米）"),
                ),
                ("length_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="长（毫米）")),
                ("width_mm", models.PositiveIntegerField(blank=True, null=True, verbose_name="宽（毫米）")),
                ("wish", models.CharField(blank=True, max_length=200, verbose_name="改造意愿")),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.homeassessment",
                        verbose_name="入户评估",
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
                        to="accessibility.homeroom",
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
                            hash="0344977657a6e5a424f72888ca0f232342ecee5e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_fc016",
                            table="accessibility_homeroomevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "登记"),
                            ("assess", "入户评估"),
                            ("plan", "制定方案"),
                            ("show", "开始公示"),
                            ("show_end", "公示结束"),
                            ("decide", "审批"),
                            ("contract", "签订合同"),
                            ("start", "开工"),
                            ("finish", "完工报验"),
                            ("accept", "验收"),
                            ("correct", "整改完成"),
                            ("settle", "结算"),
                            ("follow_up", "回访"),
                            ("file", "归档"),
                            ("end", "终止"),
                            ("take_back", "撤回上一步"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "已办理"), ("passed", "通过"), ("returned", "退回"), ("failed", "不合格")],
                        default="done",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                ("done_on", models.DateField(verbose_name="办理日期")),
                ("before", models.JSONField(default=dict, verbose_name="办理前")),
                ("done_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "takes_back",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back_by",
                        to="accessibility.homestep",
                        verbose_name="撤回的事项",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "改造办理经过",
                "ordering": ("pk",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="home_step_is_only_added",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bfd5ca34b0f555f243d5f88f88e2774f50800afb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_home_step_is_only_added_04e71",
                            table="accessibility_homestep",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeObjection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("content", models.CharField(max_length=500, verbose_name="异议内容")),
                ("is_upheld", models.BooleanField(blank=True, null=True, verbose_name="异议成立")),
                ("opinion", models.CharField(blank=True, max_length=400, verbose_name="核实意见")),
                ("judged_on", models.DateField(blank=True, null=True, verbose_name="处理日期")),
                (
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "show",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="accessibility.homestep",
                        verbose_name="公示",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "改造公示异议",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_upheld__isnull", True),
                            models.Q(("judged_on__isnull", False), models.Q(("opinion", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="home_objection_judged_says_why",
                        violation_error_message="处理异议必须写明核实意见和日期。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeobjectionevent" ("content", "home_id", "id", "is_upheld", "judged_by_id", "judged_on", "opinion", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "recorded_by_id", "show_id") SELECT new_values."content", new_values."home_id", new_values."id", new_values."is_upheld", new_values."judged_by_id", new_values."judged_on", new_values."opinion", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."received_on", new_values."recorded_by_id", new_values."show_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="bd0f67c9b981d45f22796a6cc0602cef140d03bf",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_701cb",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_homeobjection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeobjectionevent" ("content", "home_id", "id", "is_upheld", "judged_by_id", "judged_on", "opinion", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "recorded_by_id", "show_id") SELECT new_values."content", new_values."home_id", new_values."id", new_values."is_upheld", new_values."judged_by_id", new_values."judged_on", new_values."opinion", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."received_on", new_values."recorded_by_id", new_values."show_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b5722cb52efd804dbfc53278a62a5d6304652d6a",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_13655",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_homeobjection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homeobjectionevent" ("content", "home_id", "id", "is_upheld", "judged_by_id", "judged_on", "opinion", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_on", "recorded_by_id", "show_id") SELECT old_values."content", old_values."home_id", old_values."id", old_values."is_upheld", old_values."judged_by_id", old_values."judged_on", old_values."opinion", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."received_on", old_values."recorded_by_id", old_values."show_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="a0b08f556fae5d021cddf4bb41ca8479dc48b8eb",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_cf48e",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_homeobjection",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeObjectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("content", models.CharField(max_length=500, verbose_name="异议内容")),
                ("is_upheld", models.BooleanField(blank=True, null=True, verbose_name="异议成立")),
                ("opinion", models.CharField(blank=True, max_length=400, verbose_name="核实意见")),
                ("judged_on", models.DateField(blank=True, null=True, verbose_name="处理日期")),
                (
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
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
                        to="accessibility.homeobjection",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "show",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.homestep",
                        verbose_name="公示",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
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
                            hash="4179099d33c6da4db2ecaadb67652d4046ed1cd7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c2990",
                            table="accessibility_homeobjectionevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "signer",
                    models.CharField(
                        choices=[("household", "本人或家属"), ("federation", "验收人")],
                        max_length=12,
                        verbose_name="签名人",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("image", models.BinaryField(blank=True, null=True, verbose_name="签名图样")),
                ("typed_reason", models.CharField(blank=True, max_length=200, verbose_name="不手写签名的原因")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="accessibility.homestep",
                        verbose_name="事项",
                    ),
                ),
            ],
            options={
                "verbose_name": "签名",
                "constraints": [
                    models.UniqueConstraint(fields=("step", "signer"), name="home_signature_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("image__isnull", False), ("typed_reason", "")),
                            models.Q(("image__isnull", True), models.Q(("typed_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="home_signature_drawn_or_says_why",
                        violation_error_message="签名要么手写，要么写明不手写的原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homesignatureevent" ("id", "image", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer", "step_id", "typed_reason") SELECT new_values."id", new_values."image", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."signer", new_values."step_id", new_values."typed_reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="b6c742d60b158eaf70c4695dc099da372f070eae",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0a5b7",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_homesignature",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homesignatureevent" ("id", "image", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer", "step_id", "typed_reason") SELECT new_values."id", new_values."image", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."signer", new_values."step_id", new_values."typed_reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="73beb3e0e11d77d80c01a2816eaeab901534d51d",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_aa9a7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_homesignature",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_homesignatureevent" ("id", "image", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signer", "step_id", "typed_reason") SELECT old_values."id", old_values."image", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."signer", old_values."step_id", old_values."typed_reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="cc8503202190a9404d905b4e0d756fb9ba302030",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4e6f1",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_homesignature",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HomeSignatureEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "signer",
                    models.CharField(
                        choices=[("household", "本人或家属"), ("federation", "验收人")],
                        max_length=12,
                        verbose_name="签名人",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("image", models.BinaryField(blank=True, null=True, verbose_name="签名图样")),
                ("typed_reason", models.CharField(blank=True, max_length=200, verbose_name="不手写签名的原因")),
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
                        to="accessibility.homesignature",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.homestep",
                        verbose_name="事项",
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
                            hash="d72c04dac0efc07ee81d9f2c96dc40cbfee21695",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_52826",
                            table="accessibility_homesignatureevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetrofitHomeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="任务年度")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("candidate", "待入户评估"),
                            ("planning", "待制定方案"),
                            ("publicity", "待公示"),
                            ("on_show", "公示中"),
                            ("approving", "待审批"),
                            ("contracting", "待签约"),
                            ("waiting", "待开工"),
                            ("works", "施工中"),
                            ("accepting", "待验收"),
                            ("correcting", "整改中"),
                            ("settling", "待结算"),
                            ("following", "待回访"),
                            ("filing", "待归档"),
                            ("filed", "已归档"),
                            ("ended", "已终止"),
                        ],
                        default="candidate",
                        max_length=12,
                        verbose_name="环节",
                    ),
                ),
                ("since_on", models.DateField(verbose_name="进入本环节日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="本环节期限")),
                (
                    "address",
                    zalainuoer.common.fields.EncryptedTextField(
                        blank=True, null=True, purpose="address", verbose_name="改造住址"
                    ),
                ),
                (
                    "address_index",
                    zalainuoer.common.fields.BlindIndexField(blank=True, editable=False, null=True, purpose="address"),
                ),
                ("wish", models.CharField(max_length=300, verbose_name="改造意愿")),
                ("is_alterable", models.BooleanField(blank=True, null=True, verbose_name="住房可以改造")),
                ("has_several_disabled", models.BooleanField(default=False, verbose_name="一户多残")),
                ("is_old_caring", models.BooleanField(default=False, verbose_name="以老养残")),
                ("opened_on", models.DateField(verbose_name="登记日期")),
                (
                    "hardship",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dibao", "低保"),
                            ("tekun", "特困"),
                            ("dibao_edge", "低保边缘"),
                            ("relapse_watch", "防返贫监测"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="困难类型",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")],
                        max_length=1,
                        verbose_name="残疾等级",
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=500, verbose_name="认定依据")),
                ("contract_number", models.CharField(blank=True, max_length=100, verbose_name="合同编号")),
                (
                    "contract_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="合同金额（元）"
                    ),
                ),
                ("works_due_on", models.DateField(blank=True, null=True, verbose_name="合同完工日期")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("declined", "本人放弃"),
                            ("not_alterable", "住房不具备改造条件"),
                            ("gone", "死亡或迁出"),
                            ("already", "已享受过改造"),
                            ("not_eligible", "不符合条件"),
                            ("refused", "不予批准"),
                        ],
                        max_length=15,
                        verbose_name="终止原因",
                    ),
                ),
                (
                    "contractor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.contractor",
                        verbose_name="施工单位",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.household",
                        verbose_name="户",
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
                        to="accessibility.retrofithome",
                    ),
                ),
                (
                    "retrofit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.homeretrofit",
                        verbose_name="改造台账",
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
                            hash="7d83af5eb05f0b0ce1e19612d2ac3da3ce02438f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b4eb3",
                            table="accessibility_retrofithomeevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetrofitItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "目录里已有这个项目。"},
                        max_length=100,
                        unique=True,
                        verbose_name="项目名称",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[("engineering", "工程类"), ("device", "辅具和设备类")],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="计量单位")),
                ("requirement", models.CharField(blank=True, max_length=300, verbose_name="技术要求")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "ceiling_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="单价上限（元）"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "改造项目目录",
                "ordering": ("group", "name"),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofititemevent" ("ceiling_yuan", "group", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "source", "unit") SELECT new_values."ceiling_yuan", new_values."group", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."requirement", new_values."source", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="9a68414c0c54e26c633b6212da9db57c150c2b14",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c5470",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_retrofititem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofititemevent" ("ceiling_yuan", "group", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "source", "unit") SELECT new_values."ceiling_yuan", new_values."group", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."requirement", new_values."source", new_values."unit" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="31874f384c5979529263462f51586dc0777ef95a",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d4335",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_retrofititem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_retrofititemevent" ("ceiling_yuan", "group", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "source", "unit") SELECT old_values."ceiling_yuan", old_values."group", old_values."id", old_values."is_active", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."requirement", old_values."source", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="6608466eba90a51ae862cf1a80fc19e63d52a2e6",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_092c9",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_retrofititem",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "room",
                    models.CharField(
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="数量")),
                ("price_yuan", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="单价（元）")),
                ("amount_yuan", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="预算（元）")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="做法")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("passed", "合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="验收结果",
                    ),
                ),
                ("verdict_note", models.CharField(blank=True, max_length=200, verbose_name="验收说明")),
                (
                    "settled_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="决算（元）"
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned",
                        to="accessibility.retrofititem",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "方案明细",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_yuan__gte", 0), ("price_yuan__gte", 0), ("quantity__gt", 0)),
                        name="plan_item_positive",
                        violation_error_message="数量应大于 0，金额不能是负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("settled_yuan__isnull", True), ("settled_yuan__gte", 0), _connector="OR"),
                        name="plan_item_settled_not_negative",
                        violation_error_message="决算不能是负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict", "failed"), _negated=True),
                            models.Q(("verdict_note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="plan_item_failed_says_why",
                        violation_error_message="不合格的项目请写明原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_planitemevent" ("amount_yuan", "home_id", "id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "room", "settled_yuan", "verdict", "verdict_note") SELECT new_values."amount_yuan", new_values."home_id", new_values."id", new_values."item_id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price_yuan", new_values."quantity", new_values."room", new_values."settled_yuan", new_values."verdict", new_values."verdict_note" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="809759c2b1a351e043e6714b536347091124f8f2",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f1a9c",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_planitem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_planitemevent" ("amount_yuan", "home_id", "id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "room", "settled_yuan", "verdict", "verdict_note") SELECT new_values."amount_yuan", new_values."home_id", new_values."id", new_values."item_id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price_yuan", new_values."quantity", new_values."room", new_values."settled_yuan", new_values."verdict", new_values."verdict_note" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="dcedcedd136411dadc6357feb52f0a0cf97de053",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ce5ec",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_planitem",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_planitemevent" ("amount_yuan", "home_id", "id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_yuan", "quantity", "room", "settled_yuan", "verdict", "verdict_note") SELECT old_values."amount_yuan", old_values."home_id", old_values."id", old_values."item_id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price_yuan", old_values."quantity", old_values."room", old_values."settled_yuan", old_values."verdict", old_values."verdict_note" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="62f7fa6e8b51ff361a4ed94eb357bad3740818df",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6f2bd",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_planitem",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("passed", "合格"), ("failed", "不合格")], max_length=10, verbose_name="验收结果"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="验收说明")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="accessibility.homestep",
                        verbose_name="验收",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="accessibility.planitem",
                        verbose_name="方案明细",
                    ),
                ),
            ],
            options={
                "verbose_name": "验收明细",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("step", "item"), name="item_check_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict", "failed"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="item_check_failed_says_why",
                        violation_error_message="不合格的项目请写明原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_itemcheckevent" ("id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "step_id", "verdict") SELECT new_values."id", new_values."item_id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."step_id", new_values."verdict" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f1a14c44105dd4a69aff90468a0eff11ff95f536",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_74ecd",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_itemcheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_itemcheckevent" ("id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "step_id", "verdict") SELECT new_values."id", new_values."item_id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."step_id", new_values."verdict" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c338f8c9c2ee2120cb278cf7271f8f860ac507e6",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4f748",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_itemcheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_itemcheckevent" ("id", "item_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "step_id", "verdict") SELECT old_values."id", old_values."item_id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."step_id", old_values."verdict" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e9ac5f38d972f6ca390700d87c0210b493dce3c6",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1d5d0",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_itemcheck",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemCheckEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[("passed", "合格"), ("failed", "不合格")], max_length=10, verbose_name="验收结果"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="验收说明")),
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
                        to="accessibility.itemcheck",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.homestep",
                        verbose_name="验收",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.planitem",
                        verbose_name="方案明细",
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
                            hash="ccdddf0936da71905903e0c3e42fb8a964f689f3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_346b6",
                            table="accessibility_itemcheckevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "room",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("assessment", "入户评估"),
                            ("before", "改造前"),
                            ("during", "施工中"),
                            ("after", "改造后"),
                            ("follow_up", "回访"),
                            ("inspection", "体验检查"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="拍摄时间")),
                ("sha256", models.CharField(max_length=64, verbose_name="原文件摘要")),
                ("width", models.PositiveIntegerField(verbose_name="宽（像素）")),
                ("height", models.PositiveIntegerField(verbose_name="高（像素）")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="accessibility.inspection",
                        verbose_name="体验检查",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="accessibility.planitem",
                        verbose_name="方案明细",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "照片",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("home__isnull", False), ("inspection__isnull", True)),
                            models.Q(("home__isnull", True), ("inspection__isnull", False), ("item__isnull", True)),
                            _connector="OR",
                        ),
                        name="photo_of_one_thing",
                    ),
                    models.UniqueConstraint(
                        fields=("home", "purpose", "sha256"),
                        name="photo_once_a_purpose",
                        violation_error_message="这张照片已经上传过。",
                    ),
                    models.UniqueConstraint(
                        fields=("inspection", "sha256"),
                        name="photo_once_an_inspection",
                        violation_error_message="这张照片已经上传过。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photoevent" ("added_at", "added_by_id", "caption", "height", "home_id", "id", "inspection_id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "room", "sha256", "taken_at", "width") SELECT new_values."added_at", new_values."added_by_id", new_values."caption", new_values."height", new_values."home_id", new_values."id", new_values."inspection_id", new_values."item_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."room", new_values."sha256", new_values."taken_at", new_values."width" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="8edd8484489ae2a099af88e776e6d3cf8c567f86",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_61ca6",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_photo",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photoevent" ("added_at", "added_by_id", "caption", "height", "home_id", "id", "inspection_id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "room", "sha256", "taken_at", "width") SELECT new_values."added_at", new_values."added_by_id", new_values."caption", new_values."height", new_values."home_id", new_values."id", new_values."inspection_id", new_values."item_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purpose", new_values."room", new_values."sha256", new_values."taken_at", new_values."width" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="655e4a6cb5fb34dcc7081e72113bbc10f54d10c6",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8daa4",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_photo",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photoevent" ("added_at", "added_by_id", "caption", "height", "home_id", "id", "inspection_id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "room", "sha256", "taken_at", "width") SELECT old_values."added_at", old_values."added_by_id", old_values."caption", old_values."height", old_values."home_id", old_values."id", old_values."inspection_id", old_values."item_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."room", old_values."sha256", old_values."taken_at", old_values."width" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="460b40d3978ab57acc4b314e4389d2c0243c0cf1",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_cfda4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_photo",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "room",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("assessment", "入户评估"),
                            ("before", "改造前"),
                            ("during", "施工中"),
                            ("after", "改造后"),
                            ("follow_up", "回访"),
                            ("inspection", "体验检查"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="拍摄时间")),
                ("sha256", models.CharField(max_length=64, verbose_name="原文件摘要")),
                ("width", models.PositiveIntegerField(verbose_name="宽（像素）")),
                ("height", models.PositiveIntegerField(verbose_name="高（像素）")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.inspection",
                        verbose_name="体验检查",
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
                        to="accessibility.photo",
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
                        to="accessibility.planitem",
                        verbose_name="方案明细",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
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
                            hash="a3bc041ff082a36f48f7cce929799d96ef4ea3db",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d9d36",
                            table="accessibility_photoevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "room",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("assessment", "入户评估"),
                            ("before", "改造前"),
                            ("during", "施工中"),
                            ("after", "改造后"),
                            ("follow_up", "回访"),
                            ("inspection", "体验检查"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="文件特征")),
                ("size", models.PositiveIntegerField(verbose_name="文件大小（字节）")),
                ("received", models.PositiveIntegerField(default=0, verbose_name="已收到（字节）")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="开始时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accessibility.inspection",
                        verbose_name="体验检查",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accessibility.photo",
                        verbose_name="照片",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accessibility.planitem",
                        verbose_name="方案明细",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "照片上传",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("by", "home", "inspection", "item", "room", "purpose", "fingerprint"),
                        name="photo_upload_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField(verbose_name="起点（字节）")),
                ("content", models.BinaryField(verbose_name="内容")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="accessibility.photoupload",
                        verbose_name="照片上传",
                    ),
                ),
            ],
            options={
                "verbose_name": "照片片段",
                "ordering": ("start",),
                "constraints": [models.UniqueConstraint(fields=("upload", "start"), name="photo_part_once")],
            },
        ),
        migrations.CreateModel(
            name="PlanItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "room",
                    models.CharField(
                        choices=[
                            ("entrance", "出入口和院落"),
                            ("hall", "过道和客厅"),
                            ("door", "门窗"),
                            ("kitchen", "厨房"),
                            ("toilet", "卫生间"),
                            ("bedroom", "卧室"),
                            ("balcony", "阳台"),
                            ("power", "电路、照明和报警"),
                        ],
                        max_length=10,
                        verbose_name="位置",
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="数量")),
                ("price_yuan", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="单价（元）")),
                ("amount_yuan", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="预算（元）")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="做法")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("passed", "合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="验收结果",
                    ),
                ),
                ("verdict_note", models.CharField(blank=True, max_length=200, verbose_name="验收说明")),
                (
                    "settled_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="决算（元）"
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
                        to="accessibility.planitem",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofithome",
                        verbose_name="改造办理",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.retrofititem",
                        verbose_name="项目",
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
                            hash="2180e752240f5e93e44f0ab4001a45322db0a401",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ce887",
                            table="accessibility_planitemevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetrofitItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "目录里已有这个项目。"}, max_length=100, verbose_name="项目名称"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[("engineering", "工程类"), ("device", "辅具和设备类")],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="计量单位")),
                ("requirement", models.CharField(blank=True, max_length=300, verbose_name="技术要求")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "ceiling_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="单价上限（元）"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
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
                        to="accessibility.retrofititem",
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
                            hash="31b436511f609ef018d37d38e096ce1eb0c0e0c1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d5bc8",
                            table="accessibility_retrofititemevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="YearTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "中央补助"),
                            ("lottery", "彩票公益金"),
                            ("region", "自治区"),
                            ("city", "市级"),
                            ("district", "区本级"),
                            ("levy", "残疾人就业保障金"),
                            ("other", "社会捐助和其他"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("homes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="任务户数")),
                (
                    "budget_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="预算（元）"
                    ),
                ),
                ("document", models.CharField(max_length=200, verbose_name="文号")),
            ],
            options={
                "verbose_name": "年度任务",
                "ordering": ("year", "fund"),
                "constraints": [
                    models.UniqueConstraint(fields=("year", "fund"), name="year_task_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fund", ""), ("homes__isnull", False)),
                            models.Q(models.Q(("fund", ""), _negated=True), ("budget_yuan__gte", 0)),
                            _connector="OR",
                        ),
                        name="year_task_says_one",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_yeartaskevent" ("budget_yuan", "document", "fund", "homes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") SELECT new_values."budget_yuan", new_values."document", new_values."fund", new_values."homes", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="61c606d036c3e9e949422ec47d6e5dd8fabf3bae",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a6999",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_yeartask",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_yeartaskevent" ("budget_yuan", "document", "fund", "homes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") SELECT new_values."budget_yuan", new_values."document", new_values."fund", new_values."homes", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f9cf1d83f26215cf19c86d638d1cbfc0fe530769",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2bc20",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_yeartask",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_yeartaskevent" ("budget_yuan", "document", "fund", "homes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") SELECT old_values."budget_yuan", old_values."document", old_values."fund", old_values."homes", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3bbd09b5fee0f8620038ef4b64acfce49452e4de",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ce72d",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_yeartask",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearTaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "fund",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "中央补助"),
                            ("lottery", "彩票公益金"),
                            ("region", "自治区"),
                            ("city", "市级"),
                            ("district", "区本级"),
                            ("levy", "残疾人就业保障金"),
                            ("other", "社会捐助和其他"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("homes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="任务户数")),
                (
                    "budget_yuan",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="预算（元）"
                    ),
                ),
                ("document", models.CharField(max_length=200, verbose_name="文号")),
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
                        to="accessibility.yeartask",
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
                            hash="b1d8972d3b3b70a61dd23a2994929d9ffd23640e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_05df7",
                            table="accessibility_yeartaskevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BarrierCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("resident", "居民当面或电话反映"),
                            ("12385", "12385 残疾人服务热线"),
                            ("12345", "12345 政务服务热线"),
                            ("letter", "来信来访"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("source_number", models.CharField(blank=True, max_length=50, verbose_name="来源编号")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("topic", models.CharField(max_length=500, verbose_name="反映事项")),
                ("place", models.CharField(max_length=200, verbose_name="具体地点")),
                ("due_on", models.DateField(verbose_name="答复期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "办理中"),
                            ("transferred", "已转办"),
                            ("replied", "已答复"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("transferred_to", models.CharField(blank=True, max_length=100, verbose_name="转办单位")),
                ("transferred_on", models.DateField(blank=True, null=True, verbose_name="转办日期")),
                ("reply", models.CharField(blank=True, max_length=500, verbose_name="答复内容")),
                ("replied_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满意度（1 到 5 分）"),
                ),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤销原因")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="common.division",
                        verbose_name="所在社区",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承办人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="accessibility.facility",
                        verbose_name="设施",
                    ),
                ),
            ],
            options={
                "verbose_name": "障碍反映",
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source_number", ""), _negated=True),
                        fields=("channel", "source_number"),
                        name="barrier_case_source_once",
                        violation_error_message="这个来源编号已经登记过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "replied"), _negated=True),
                            models.Q(("replied_on__isnull", False), models.Q(("reply", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="barrier_case_replied_says_what",
                        violation_error_message="已答复的请写明答复日期和内容。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "transferred"), _negated=True),
                            models.Q(
                                ("transferred_on__isnull", False), models.Q(("transferred_to", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="barrier_case_transferred_says_where",
                        violation_error_message="转办的请写明转办单位和日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("withdrawn_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="barrier_case_withdrawn_says_why",
                        violation_error_message="撤销请写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True),
                            models.Q(("satisfaction__gte", 1), ("satisfaction__lte", 5), ("state", "replied")),
                            _connector="OR",
                        ),
                        name="barrier_case_satisfaction",
                        violation_error_message="答复以后才登记满意度，填 1 到 5 分。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barriercaseevent" ("channel", "community_id", "due_on", "facility_id", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "received_on", "replied_on", "reply", "satisfaction", "source_number", "state", "topic", "transferred_on", "transferred_to", "withdrawn_reason") SELECT new_values."channel", new_values."community_id", new_values."due_on", new_values."facility_id", new_values."id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."received_on", new_values."replied_on", new_values."reply", new_values."satisfaction", new_values."source_number", new_values."state", new_values."topic", new_values."transferred_on", new_values."transferred_to", new_values."withdrawn_reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="5f61319bef12fb0c3ee9ba3ea9b64b26abfbb736",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1e376",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_barriercase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barriercaseevent" ("channel", "community_id", "due_on", "facility_id", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "received_on", "replied_on", "reply", "satisfaction", "source_number", "state", "topic", "transferred_on", "transferred_to", "withdrawn_reason") SELECT new_values."channel", new_values."community_id", new_values."due_on", new_values."facility_id", new_values."id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."received_on", new_values."replied_on", new_values."reply", new_values."satisfaction", new_values."source_number", new_values."state", new_values."topic", new_values."transferred_on", new_values."transferred_to", new_values."withdrawn_reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="7e3370b7dd11b1a640d5eb8c857f02210ba2c564",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4a386",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_barriercase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_barriercaseevent" ("channel", "community_id", "due_on", "facility_id", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "received_on", "replied_on", "reply", "satisfaction", "source_number", "state", "topic", "transferred_on", "transferred_to", "withdrawn_reason") SELECT old_values."channel", old_values."community_id", old_values."due_on", old_values."facility_id", old_values."id", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."received_on", old_values."replied_on", old_values."reply", old_values."satisfaction", old_values."source_number", old_values."state", old_values."topic", old_values."transferred_on", old_values."transferred_to", old_values."withdrawn_reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="9ede68d81eb4bf484fb27ea8e0642c23737a6402",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_888b7",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_barriercase",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BarrierCaseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("resident", "居民当面或电话反映"),
                            ("12385", "12385 残疾人服务热线"),
                            ("12345", "12345 政务服务热线"),
                            ("letter", "来信来访"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("source_number", models.CharField(blank=True, max_length=50, verbose_name="来源编号")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("topic", models.CharField(max_length=500, verbose_name="反映事项")),
                ("place", models.CharField(max_length=200, verbose_name="具体地点")),
                ("due_on", models.DateField(verbose_name="答复期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "办理中"),
                            ("transferred", "已转办"),
                            ("replied", "已答复"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("transferred_to", models.CharField(blank=True, max_length=100, verbose_name="转办单位")),
                ("transferred_on", models.DateField(blank=True, null=True, verbose_name="转办日期")),
                ("reply", models.CharField(blank=True, max_length=500, verbose_name="答复内容")),
                ("replied_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满意度（1 到 5 分）"),
                ),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="撤销原因")),
                (
                    "community",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="common.division",
                        verbose_name="所在社区",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承办人",
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
                        to="accessibility.barriercase",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.facility",
                        verbose_name="设施",
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
                            hash="9eb543fa3a5c67ca149fc2127b8f7979dc1eef37",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ea20f",
                            table="accessibility_barriercaseevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BarrierEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("place", models.CharField(max_length=100, verbose_name="具体位置")),
                ("found", models.CharField(max_length=300, verbose_name="障碍情况")),
                ("standard", models.CharField(blank=True, max_length=200, verbose_name="依据的标准")),
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
                        to="accessibility.barrier",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.inspection",
                        verbose_name="体验检查",
                    ),
                ),
                (
                    "removed_in",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.inspection",
                        verbose_name="复查",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accessibility.rectificationnotice",
                        verbose_name="整改通知",
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
                            hash="196b56efd4aa51ed7057751fd0e252e7965bddfb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6751f",
                            table="accessibility_barrierevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoContent",
            fields=[
                (
                    "photo",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="accessibility.photo",
                        verbose_name="照片",
                    ),
                ),
                ("image", models.BinaryField(verbose_name="图像")),
                ("thumbnail", models.BinaryField(verbose_name="缩略图")),
            ],
            options={
                "verbose_name": "照片内容",
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photocontentevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id") SELECT _pgh_attached_context.value, NOW(), \'insert\', new_values."photo_id", new_values."photo_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="98bff18838b8a36c6c79cb95db033522634c9f9e",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d3efd",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="accessibility_photocontent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photocontentevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id") SELECT _pgh_attached_context.value, NOW(), \'update\', new_values."photo_id", new_values."photo_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."photo_id") = (new_values."photo_id") WHERE (old_values."photo_id" IS DISTINCT FROM (new_values."photo_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="36acf17c325554b7471215ccaf3e67781cfe32c7",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a11e9",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accessibility_photocontent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accessibility_photocontentevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id") SELECT _pgh_attached_context.value, NOW(), \'delete\', old_values."photo_id", old_values."photo_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="9ba1d756d310a74ae8494c68d0d9b4d18f060a0c",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_07a30",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accessibility_photocontent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoContentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
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
                    "photo",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        serialize=False,
                        to="accessibility.photo",
                        verbose_name="照片",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="accessibility.photocontent",
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
                            hash="7abbc32e8a11b8f1fe3cb6d8383bdea92c10292a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_36081",
                            table="accessibility_photocontentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.RunPython(loading.load_parameters, migrations.RunPython.noop),
    ]
