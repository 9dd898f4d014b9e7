"""Makes deliveries: rows as departments send them, workbooks of such rows, and uploads run in this process.

Every ID number starts with 150799, a division code that is not assigned, so that none can be a real person's.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from zalainuoer.common import services
from zalainuoer.common.identity import check_character
from zalainuoer.common.jobs import job_run
from zalainuoer.common.models import Department, Division, StoredFileKind, UploadBatch, User
from zalainuoer.common.sheets.base import sheet_of
from zalainuoer.common.sheets.comparing import Change, Preview
from zalainuoer.common.sheets.delivery import Delivery

Row = dict[str, object]
CATEGORIES = ("视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾", "多重残疾")
LEVELS = ("一级", "二级", "三级", "四级")


def id_number(sequence: int = 1, *, born: str = "1980-01-01") -> str:
    """An invented ID number; another `sequence` is another person."""
    first17 = f"150799{born.replace('-', '')}{sequence:03d}"
    return first17 + check_character(first17)


def holder(sequence: int = 1, *, born: str = "1980-01-01", suffix: str = "", **change: object) -> Row:
    """A row of the registry sheet; the certificate number follows from the rest unless it is given."""
    number = id_number(sequence, born=born)
    row: Row = {
        "姓名": f"张{'一二三四五六七八九'[sequence % 9]}{'甲乙丙丁戊己庚辛壬癸'[sequence // 9 % 10]}",
        "性别": "男" if sequence % 2 else "女",
        "民族": "蒙古族",
        "身份证号": number,
        "残疾类别": "肢体残疾",
        "残疾等级": "二级",
        "多重残疾明细": None,
        "首次发证日期": "2019-05-01",
        "发证日期": "2019-05-01",
        "有效期至": "2029-04-30",
        "证件状态": "正常",
        "状态日期": None,
        "状态原因": None,
        "户口性质": "非农业",
        "所属街道": "第一街道",
        "所属社区": "友谊社区",
        "联系电话": f"138{sequence:08d}",
        "监护人姓名": "王监护",
        "监护人电话": f"139{sequence:08d}",
        "户主身份证号": number,
        "在校学生": "否",
        **change,
    }
    digits = f"{CATEGORIES.index(str(row['残疾类别'])) + 1}{LEVELS.index(str(row['残疾等级'])) + 1}"
    row.setdefault("残疾人证号", f"{row['身份证号']}{digits}{suffix}")
    return row


FACTS: dict[str, Row] = {
    "household-income": {"年度": 2024, "家庭人口数": 3, "家庭年可支配收入": "60000.00"},
    "social-assistance": {"救助类型": "低保", "施保方式": "整户", "起始日期": "2023-01-01", "终止日期": None},
    "dibao-applications": {"申请日期": "2022-12-01", "认定结果": "符合", "认定日期": "2022-12-20"},
    "living-subsidy-payments": {
        "所属月份": "2025-11", "补贴标准": "125.00", "发放金额": "125.00", "发放日期": "2025-11-15",
    },
    "nursing-subsidy-payments": {
        "所属月份": "2025-11", "补贴标准": "130.00", "发放金额": "130.00", "发放日期": "2025-11-15",
    },
    "other-benefits": {"待遇类型": "高龄津贴", "月标准": "100.00", "起始日期": "2023-01-01", "终止日期": None},
    "pension-enrolment": {"年度": 2025, "险种": "城乡居民基本养老保险", "参保状态": "正常缴费"},
    "medical-enrolment": {"年度": 2025, "险种": "城乡居民基本医疗保险", "参保状态": "正常参保"},
    "school-enrolment": {"学年": "2025-2026", "就读学校": "区第一小学", "安置方式": "随班就读"},
    "rehab-needs": {"年度": 2025, "康复需求": "康复训练", "辅具需求": "轮椅", "调查日期": "2025-06-01"},
    "rehab-services": {
        "服务日期": "2025-05-06", "服务类别": "康复训练", "服务机构": "区医院", "目录项目": None, "服务形式": "机构",
        "服务人员": "李医生", "费用": "20.00", "服务成效": "步行距离增加",
    },
    "device-fittings": {"适配日期": "2025-06-07", "辅具名称": "轮椅", "数量": 1},
    "training": {
        "培训班名称": "电商一班", "培训工种": "电商", "开班日期": "2025-03-01", "结业日期": "2025-03-20",
        "是否结业": "是",
    },
    "home-retrofits": {
        "困难类型": "低保", "残疾等级": "二级", "改造内容": "坡道", "批准日期": "2024-04-01",
        "开工日期": "2024-05-01", "验收日期": "2024-06-01", "验收结论": "合格", "决算金额": "3000.00",
    },
}  # fmt: skip
FIFTEEN = ("registry", *FACTS)  # those of a world
FACTS["deaths"] = {"死亡日期": "2025-10-01", "来源": "公安"}
SIXTEEN = (*FIFTEEN, "deaths")
FACTS["bank-accounts"] = {"开户银行": "农村信用社", "银行账号": "6200001234567890128", "户名": "某人"}
FACTS["payment-returns"] = {
    "批次号": "A202511", "金额": "125.00", "是否到账": "否", "失败原因": "账户已销户", "处理日期": "2025-11-12",
}  # fmt: skip
FACTS["family-doctors"] = {
    "年度": 2025, "签约情况": "已签约", "签约团队": "友谊社区卫生服务站一队", "签约医生": "周医生", "签约日期": "2025-03-01",
    "有效期至": "2026-02-28", "服务包": "残疾人服务包", "不同意原因": None,
}  # fmt: skip
FACTS["other-employment"] = {
    "就业形式": "灵活就业", "就业日期": "2024-03-01", "终止日期": None, "终止原因": None, "工作单位或项目": "网店客服", "岗位": "客服",
}  # fmt: skip
FACTS["military-certificates"] = {
    "残疾军人证号": "蒙军K000001", "残疾军人等级": 7, "发证日期": "2020-01-01", "有效期至": None,
}  # fmt: skip
# A 回盘 needs the locked run of the month beside the person.
BY_PERSON = tuple(code for code in FACTS if code != "payment-returns")
OF_EMPLOYERS = ("employers", "employer-years", "disabled-staff", "staff-months")
SHEETS = (
    *SIXTEEN, "bank-accounts", "payment-returns", "family-doctors", *OF_EMPLOYERS, "other-employment",
    "military-certificates", "facilities",
)  # fmt: skip


def place(**change: object) -> Row:
    """A row of the sheet of public places."""
    return {
        "所属街道": "第一街道", "所属社区": "友谊社区", "名称": "第一停车场", "类别": "停车场", "地址": "某路1号", "管理单位": "某物业",
        "主管部门": "住建局", "停车泊位总数": 51, "无障碍停车位数": 1, "停用日期": None, "备注": None, **change,
    }  # fmt: skip


def fact(code: str, person: Mapping[str, object], **change: object) -> Row:
    """A row of another sheet about somebody whose registry row is given."""
    known: Row = {
        "身份证号": person["身份证号"],
        "姓名": person["姓名"],
        "所属街道": person["所属街道"],
        "所属社区": person["所属社区"],
        "户主身份证号": person["户主身份证号"],
        "户主姓名": person["姓名"],
    }
    row = {**known, **FACTS[code], **change}
    return {column.heading: row[column.heading] for column in sheet_of(code).columns if column.heading in row}


def user(role: str, *, department: str | None = None, street: str | None = None) -> User:
    """An account with a role, perhaps of a department, perhaps bounded by a street (or the whole district)."""
    return User.objects.create(
        username=f"{role}-{department}-{street}",
        name="陈同志",
        role=role,
        department=None if department is None else Department.objects.get(name=department),
        division=None if street is None else Division.objects.get(name=street),
    )


def row_of(code: str, person: Mapping[str, object], **change: object) -> Row:
    """A row of any of the sheets about somebody."""
    return {**person, **change} if code == "registry" else fact(code, person, **change)


def workbook(*pages: Sequence[Mapping[str, object]], without: Iterable[str] = ()) -> bytes:
    """A workbook with a page for each list of rows; its first row of data is row 2. `without` leaves columns out."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(pages, 1):
        page = book.create_sheet(f"第{number}页")
        headings = [heading for heading in rows[0] if heading not in set(without)]
        page.append(headings)
        for row in rows:
            page.append([row.get(heading) for heading in headings])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def receive(code: str, content: bytes | Sequence[Mapping[str, object]], *, by: User | None = None) -> UploadBatch:
    """A delivery up to its preview."""
    content = content if isinstance(content, bytes) else workbook(content)
    batch = services.batch_receive(sheet=sheet_of(code), file_name=f"{code}.xlsx", content=content, by=by)
    return run(batch)


def upload(
    code: str,
    content: bytes | Sequence[Mapping[str, object]],
    *,
    by: User | None = None,
    withdraws_absent: bool = False,
    rename_rows: Iterable[int] = (),
) -> UploadBatch:
    """A delivery, confirmed: its good rows are written."""
    batch = receive(code, content, by=by)
    if rename_rows:
        batch = confirm(batch, rename_rows=rename_rows)
    return confirm(batch, withdraws_absent=withdraws_absent) if batch.state == "preview" else batch


def confirm(batch: UploadBatch, **how: Any) -> UploadBatch:
    services.batch_confirm(batch=batch, by=batch.uploaded_by, **how)
    return run(batch)


def undo(batch: UploadBatch, *, by: User | None = None) -> UploadBatch:
    services.batch_undo(batch=batch, by=by)
    return run(batch)


def run(batch: UploadBatch) -> UploadBatch:
    """Does a worker's work in this process."""
    job_run(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def counts(batch: UploadBatch) -> dict[str, int]:
    """What became of the rows, without the zeros."""
    found = {name: getattr(batch, name) for name in ("new", "changed", "same", "refused", "absent")}
    return {name: count for name, count in found.items() if count}


def previewed(batch: UploadBatch) -> tuple[Delivery, Preview]:
    kept = services.batch_preview(batch)
    assert kept is not None
    return kept


def refused(batch: UploadBatch) -> dict[int, list[tuple[str, str]]]:
    """The problems of a batch's rows: {row number in the workbook: [(heading, sentence)]}."""
    delivery, preview = previewed(batch)
    return {delivery.numbers[index]: list(problems) for index, problems in sorted(preview.problems.items())}


def refused_at(batch: UploadBatch) -> dict[int, set[str]]:
    """The headings at which rows were refused, by row number."""
    return {row: {heading for heading, _ in problems} for row, problems in refused(batch).items()}


def changes(batch: UploadBatch) -> dict[int, list[Change]]:
    """The cells a batch changes, by row number."""
    delivery, preview = previewed(batch)
    return {delivery.numbers[index]: cells for index, cells in sorted(preview.changes.items())}


def stored(batch: UploadBatch, kind: str = StoredFileKind.WORKBOOK) -> bytes | None:
    return services.file_content(batch=batch, kind=kind)
