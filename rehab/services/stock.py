"""The federation's own devices: received, moved, repaired, lent, returned, written off."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from registry.models import Person
from rehab.models import (
    DeviceItem,
    DeviceLoan,
    MovementKind,
    ReturnCondition,
    StockDevice,
    StockMovement,
    StockState,
)
from rehab.services.device_writing import (
    MANAGE,
    RECORD,
    keep,
    open_context,
    refuse_future,
    refuse_without,
    words,
)
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.locks import data_lock
from zalainuoer.common.models import User

ONE_OPEN = "device_loan_one_open"
TAKEN = "这件辅具刚刚已经借出，还没有归还，您的这次借出没有登记。请另选一件。"
# What may be done to a piece in which state, and the state it has then.
MOVES = {
    MovementKind.MOVE: ((StockState.USABLE, StockState.REPAIR), None),
    MovementKind.REPAIR: ((StockState.USABLE,), StockState.REPAIR),
    MovementKind.REPAIRED: ((StockState.REPAIR,), StockState.USABLE),
    MovementKind.LOST: ((StockState.USABLE, StockState.REPAIR), StockState.LOST),
    MovementKind.WRITE_OFF: ((StockState.USABLE, StockState.REPAIR, StockState.LOST), StockState.WRITTEN_OFF),
}
WHILE_LENT = "这件辅具已经借出，请先登记归还。"


def device_receive(
    *,
    inventory_number: str,
    item: DeviceItem,
    place: str,
    document: str,
    received_on: datetime.date,
    serial_number: str = "",
    note: str = "",
    by: User,
    today: datetime.date,
) -> StockDevice:
    """Takes a piece into stock, by a document."""
    refuse_without(by, MANAGE)
    refuse_future(received_on, what="入库日期", today=today)
    with transaction.atomic(), data_lock():
        open_context(by, "stock_receive", document)
        row = StockDevice(
            inventory_number=words(inventory_number, what="库存编号"),
            item=item,
            place=words(place, what="存放地点"),
            serial_number=serial_number.strip(),
        )
        keep(row)
        _note(row, MovementKind.RECEIPT, received_on, document=document, place=row.place, note=note, by=by)
    return row


def device_move(
    *,
    device: StockDevice,
    kind: str,
    moved_on: datetime.date,
    document: str = "",
    place: str = "",
    note: str = "",
    by: User,
    today: datetime.date,
) -> StockDevice:
    """Puts a piece elsewhere, sends it to be repaired, takes it back, notes it lost, or writes it off by a document."""
    refuse_without(by, MANAGE)
    refuse_future(moved_on, what="变动日期", today=today)
    if kind not in MOVES:
        raise RuleBroken("请选择变动。")
    states, after = MOVES[MovementKind(kind)]
    with transaction.atomic(), data_lock():
        row = _held(device)
        if row.state not in states:
            raise RuleBroken(f"这件辅具现在是“{row.get_state_display()}”，不能登记“{MovementKind(kind).label}”。")
        if _open_loans(row).exists():
            raise RuleBroken(WHILE_LENT)
        last = row.movements.order_by("-moved_on").values_list("moved_on", flat=True).first()
        if last is not None and moved_on < last:
            raise RuleBroken(f"变动日期不能早于上一次变动（{last}）。")
        if kind == MovementKind.MOVE and not place.strip():
            raise RuleBroken("请写明新的存放地点。")
        row.place, row.state = place.strip() or row.place, after or row.state
        open_context(by, "stock_move", document or note)
        keep(row)
        _note(row, kind, moved_on, document=document, place=row.place, note=note, by=by)
    return row


def loan_open(
    *,
    device: StockDevice,
    person: Person,
    lent_on: datetime.date,
    due_on: datetime.date,
    note: str = "",
    by: User,
    today: datetime.date,
) -> DeviceLoan:
    """Lends a piece to somebody. Of two at once, one wins; the other is told. The constraint is the net."""
    refuse_without(by, RECORD)
    refuse_future(lent_on, what="借出日期", today=today)
    with transaction.atomic(), data_lock():
        if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
            raise RuleBroken("此人不在您的辖区内。")
        row = _held(device)
        if _open_loans(row).exists():
            raise RuleBroken(TAKEN)
        if row.state != StockState.USABLE:
            raise RuleBroken(f"这件辅具现在是“{row.get_state_display()}”，不能借出。")
        if person.died_on is not None and person.died_on <= lent_on:
            raise RuleBroken(f"此人已于 {person.died_on} 死亡，不能借出。")
        _refuse_before_last_return(row, lent_on)
        loan = DeviceLoan(device=row, person=person, lent_on=lent_on, due_on=due_on, lent_by=by, note=note.strip())
        open_context(by, "loan_open")
        try:
            with transaction.atomic():
                keep(loan)
        except IntegrityError as error:
            if ONE_OPEN not in str(error):
                raise
            raise RuleBroken(TAKEN) from error
    return loan


def loan_return(
    *,
    loan: DeviceLoan,
    returned_on: datetime.date,
    condition: str,
    note: str = "",
    by: User,
    today: datetime.date,
) -> DeviceLoan:
    """Takes a piece back: what is damaged goes to be repaired, what is lost waits to be written off."""
    refuse_without(by, RECORD)
    refuse_future(returned_on, what="归还日期", today=today)
    if condition not in ReturnCondition.values:
        raise RuleBroken("请选择归还情况。")
    with transaction.atomic(), data_lock():
        row = _held_loan(loan, by)
        if condition != ReturnCondition.GOOD:
            words(note, what="损坏或丢失的情况")
        row.returned_on, row.condition, row.return_note = returned_on, condition, note.strip()
        open_context(by, "loan_return", row.return_note)
        keep(row)
        after = {ReturnCondition.DAMAGED: (StockState.REPAIR, MovementKind.REPAIR)}
        after[ReturnCondition.LOST] = (StockState.LOST, MovementKind.LOST)
        if condition in after:
            device = _held(row.device)
            device.state, kind = after[ReturnCondition(condition)]
            keep(device)
            _note(device, kind, returned_on, place=device.place, note="借用归还时登记", by=by)
    return row


def loan_extend(*, loan: DeviceLoan, due_on: datetime.date, by: User) -> DeviceLoan:
    """Lets somebody keep a piece until a later day."""
    refuse_without(by, RECORD)
    with transaction.atomic(), data_lock():
        row = _held_loan(loan, by)
        if due_on <= row.due_on:
            raise RuleBroken(f"续借的日期应晚于原来的应归还日期 {row.due_on}。")
        row.due_on = due_on
        open_context(by, "loan_extend")
        keep(row)
    return row


def _held(device: StockDevice) -> StockDevice:
    row = StockDevice.objects.select_for_update().filter(pk=device.pk).first()
    if row is None:
        raise RuleBroken("这件辅具已经不在了，请回到库存核对。")
    return row


def _held_loan(loan: DeviceLoan, by: User) -> DeviceLoan:
    rows = DeviceLoan.objects.select_for_update(of=("self",)).select_related("device")
    row: DeviceLoan | None = rows.visible_to(by).filter(pk=loan.pk).first()
    if row is None:
        raise RuleBroken("这笔借用不在您的辖区内。")
    if row.returned_on is not None:
        raise RuleBroken(f"这件辅具 {row.returned_on} 已经归还，没有重复登记。")
    return row


def _open_loans(device: StockDevice) -> Any:
    return DeviceLoan.objects.filter(device=device, returned_on__isnull=True)


def _refuse_before_last_return(device: StockDevice, lent_on: datetime.date) -> None:
    """A piece is not in two hands at a time, also not in the past."""
    last = device.loans.order_by("-returned_on").values_list("returned_on", flat=True).first()
    if last is not None and lent_on < last:
        raise RuleBroken(f"这件辅具上一次 {last} 才归还，借出日期不能早于这一天。")


def _note(
    device: StockDevice,
    kind: str,
    moved_on: datetime.date,
    *,
    document: str = "",
    place: str = "",
    note: str = "",
    by: User,
) -> None:
    keep(
        StockMovement(
            device=device,
            kind=kind,
            moved_on=moved_on,
            document=document.strip(),
            place=place,
            note=note.strip(),
            recorded_by=by,
        )
    )
