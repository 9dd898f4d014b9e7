"""The access log sealed in blocks, each with a hash over its rows and over the block before (GB/T 22239-2019 8.1.4.3).

The database refuses to change or delete a row of the log. Whoever gets past that, as the owner of the database can,
breaks the chain, and `verify` says where. Whoever then recomputes the whole chain gives himself away by a hash that was
noted elsewhere: the task writes each into the server's journal.
"""

import datetime
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import pgtrigger
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone
from psycopg2.errors import LockNotAvailable

from zalainuoer.common.locks import audit_lock
from zalainuoer.common.models import AccessAct, AccessLog, AuditBlock, Parameter
from zalainuoer.common.services import access_record

FIRST_PREVIOUS = "0" * 64
MOST_ROWS = 100_000  # of one block: who logs meanwhile waits for a second or two
PATIENCE = "3s"
# 网络安全法 第二十一条: six months at the least, whatever the parameter says.
LEAST_DAYS = 183
COLUMNS = ("id", "at", "username", "act", "what", "people", "person", "reason", "address")
CHUNK = 2_000

Row = tuple[Any, ...]
logger = logging.getLogger(__name__)


class Seal(NamedTuple):
    """The hash over a run of rows, and what the run is."""

    hash: str
    first: int | None
    last: int | None
    rows: int


def seal_of(rows: Iterable[Row], *, previous_hash: str, sealed_at: datetime.datetime) -> Seal:
    """The hash over the block before, the time, and each row as a line of JSON in the order of the ids."""
    digest = sha256(f"{previous_hash}\n{_text(sealed_at)}\n".encode())
    first = last = None
    count = 0
    for row in rows:
        id_, at, *rest = row
        line = json.dumps([id_, _text(at), *rest], ensure_ascii=False, separators=(",", ":"))
        digest.update(f"{line}\n".encode())
        first, last, count = first or id_, id_, count + 1
    return Seal(digest.hexdigest(), first, last, count)


def _text(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def unsealed() -> models.QuerySet[AccessLog]:
    """The rows above the last block."""
    last = AuditBlock.objects.last()
    return AccessLog.objects.filter(pk__gt=last.last if last else 0)


def _streamed(rows: models.QuerySet[AccessLog], most: int | None = None) -> Iterator[Row]:
    return rows.order_by("pk").values_list(*COLUMNS)[:most].iterator(chunk_size=CHUNK)


# --- sealing ---------------------------------------------------------------------------------------------------------


def seal(*, now: datetime.datetime) -> list[AuditBlock]:
    """Seals all rows that are not, mostly in one block; none if there are none, or if somebody is writing for long."""
    blocks = []
    while unsealed().exists() and (block := _seal_block(now)):
        logger.info("访问记录封存：第 %s 块，第 %s 至 %s 条，指纹 %s", block.pk, block.first, block.last, block.hash)
        blocks.append(block)
    return blocks


@transaction.atomic
def _seal_block(now: datetime.datetime) -> AuditBlock | None:
    if not _keep_writers_out():
        return None
    before = AuditBlock.objects.last()
    previous_hash = before.hash if before else FIRST_PREVIOUS
    found = seal_of(_streamed(unsealed(), MOST_ROWS), previous_hash=previous_hash, sealed_at=now)
    if not found.rows:
        return None
    return AuditBlock.objects.create(**found._asdict(), previous_hash=previous_hash, sealed_at=now)


def _keep_writers_out() -> bool:
    """Waits until nobody is writing to the log, and keeps everybody from it until the transaction ends.

    A transaction gets its ids when it inserts and shows its rows when it commits. Without the lock, one that had begun
    before and committed afterwards would add rows below the block's last id, and they would look smuggled in. The mode
    keeps out a second sealer, too. Whoever waits here holds up all who log: after PATIENCE the answer is False, and
    the next minute will do.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(f"LOCK TABLE {AccessLog._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


# --- removing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def remove_expired(*, now: datetime.datetime) -> int:
    """Deletes the rows of blocks that are older than the parameter says, oldest first; returns how many blocks.

    The blocks stay, so that the chain can still be followed (个人信息保护法 第十九条: no longer than needed).
    """
    days = max(Parameter.objects.value("audit.keep_days", on=timezone.localdate(now)), LEAST_DAYS)
    audit_lock()
    expired = AuditBlock.objects.filter(removed_at=None)
    young = AuditBlock.objects.filter(sealed_at__gte=now - datetime.timedelta(days=days)).first()
    if young:
        expired = expired.filter(pk__lt=young.pk)
    last = expired.last()
    if last is None:
        return 0
    with pgtrigger.ignore("common.AccessLog:access_log_is_not_deleted"):
        AccessLog.objects.filter(pk__lte=last.last).delete()
    count = expired.update(removed_at=now)
    access_record(
        by=None, act=AccessAct.COMMAND, what=f"访问记录满 {days} 天，到期删除至第 {last.pk} 块，共 {count} 块"
    )
    return count


# --- verifying -------------------------------------------------------------------------------------------------------


@dataclass
class Verification:
    """What going through the whole chain has shown; `faults` are sentences, none if all is well."""

    faults: list[str] = field(default_factory=list)
    blocks: int = 0
    removed: int = 0
    rows: int = 0
    unsealed: int = 0
    last: AuditBlock | None = None


@transaction.atomic
def verify(*, now: datetime.datetime) -> Verification:
    """Computes every hash anew. The statements are few, whatever the size of the log; nobody who logs has to wait."""
    audit_lock()
    found = Verification()
    before: AuditBlock | None = None
    blocks = AuditBlock.objects.order_by("pk").iterator(chunk_size=CHUNK)
    rows: _Rows | None = None
    for block, after in _with_the_next(blocks):
        rows = rows or _Rows(_streamed(AccessLog.objects.all()))  # read after the blocks: what is newer is unsealed
        seal = seal_of(rows.until(block.last), previous_hash=block.previous_hash, sealed_at=block.sealed_at)
        found.faults += _faults_of_chain(block, before)
        found.faults += (
            _faults_of_removed(block, before, seal, now) if block.removed_at else _faults(block, after, seal)
        )
        found.blocks, found.rows = found.blocks + 1, found.rows + seal.rows
        found.removed += bool(block.removed_at)
        before = block
    found.last, found.unsealed = before, unsealed().count()
    return found


def _with_the_next(blocks: Iterator[AuditBlock]) -> Iterator[tuple[AuditBlock, AuditBlock | None]]:
    block = next(blocks, None)
    while block is not None:
        after = next(blocks, None)
        yield block, after
        block = after


class _Rows:
    """The rows of the log in order, handed out block by block."""

    def __init__(self, rows: Iterator[Row]):
        self.rows, self.ahead = rows, next(rows, None)

    def until(self, last: int) -> Iterator[Row]:
        while self.ahead is not None and self.ahead[0] <= last:
            yield self.ahead
            self.ahead = next(self.rows, None)


def _faults_of_chain(block: AuditBlock, before: AuditBlock | None) -> Iterator[str]:
    if block.previous_hash == (before.hash if before else FIRST_PREVIOUS):
        return
    if before:
        yield f"{named(block)}与前面的第 {before.pk} 块接不上：前一块的指纹被改动，或者两块之间有整块被删除。"
    else:
        yield f"{named(block)}排在最前，却不是第一块：它前面有整块被删除，或者它登记的前块指纹被改动。"


def _faults_of_removed(
    block: AuditBlock, before: AuditBlock | None, seal: Seal, now: datetime.datetime
) -> Iterator[str]:
    if seal.rows:
        yield f"{named(block)}已经到期删除，却还有 {seal.rows} 条记录，其中有第 {seal.first} 条。"
    if block.removed_at and not block.sealed_at + datetime.timedelta(days=LEAST_DAYS) <= block.removed_at <= now:
        yield f"{named(block)}登记为到期删除，但还没有到期：记录可能是被人删除的。"
    elif before and not before.removed_at:
        yield f"{named(block)}登记为到期删除，而更早的第 {before.pk} 块还在：记录可能是被人删除的。"


def _faults(block: AuditBlock, after: AuditBlock | None, seal: Seal) -> Iterator[str]:
    if seal.hash == block.hash:
        if seal[1:] != (block.first, block.last, block.rows):
            yield f"{named(block)}登记的首条、末条或条数被改动；记录本身没有变。"
    elif after and after.previous_hash == seal.hash:
        yield f"{named(block)}的指纹被改动；记录本身没有变。"
    elif seal.rows < block.rows:
        ends = [end for end, there in ((block.first, seal.first), (block.last, seal.last)) if end != there]
        which = f"，其中有第 {'、'.join(map(str, ends))} 条" if ends else ""
        yield f"{named(block)}缺少 {block.rows - seal.rows} 条记录{which}。"
    elif seal.rows > block.rows:
        which = f"，其中有第 {seal.first} 条" if seal.first != block.first else ""
        yield f"{named(block)}多出 {seal.rows - block.rows} 条记录{which}：是封存以后插入的。"
    else:
        yield f"{named(block)}有记录被改动；也可能是它的指纹或封存时间被改动。"


def named(block: AuditBlock) -> str:
    """A block as the sentences name it."""
    sealed = timezone.localtime(block.sealed_at)
    return f"第 {block.pk} 块（{sealed:%Y-%m-%d %H:%M} 封存，第 {block.first} 至 {block.last} 条）"
