"""The photographs' part of a home's page, and the way to more of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from accessibility.models import ENDED, HomeStage, Photo, PhotoPurpose, RetrofitHome
from accessibility.parts import Link, Part
from accessibility.services.homes.steps import RECORD
from zalainuoer.common.models import User

FEW = 4  # of each purpose on the home's page; all are on their own


def grouped(photos: Any) -> list[dict[str, Any]]:
    """The photographs of a home or an inspection by purpose, in one statement: [{purpose, photos, few, more}]."""
    found: dict[str, list[Photo]] = {}
    for photo in photos.select_related("item__item", "added_by").order_by("taken_at", "pk"):
        found.setdefault(photo.purpose, []).append(photo)
    return [
        {"purpose": purpose, "photos": rows, "few": rows[:FEW], "more": max(0, len(rows) - FEW)}
        for purpose in PhotoPurpose
        if (rows := found.get(purpose.value))
    ]


def photos(home: RetrofitHome, user: User, today: datetime.date) -> Mapping[str, Any] | None:
    """A few photographs of each purpose."""
    return {"groups": grouped(home.photos), "address": reverse("home_photos", args=[home.pk])}


PARTS = (Part(45, "photos", "照片", "accessibility/photos/part.html", photos),)
LINKS = (
    Link(
        "上传照片",
        lambda home: reverse("home_photos", args=[home.pk]),
        tuple(stage for stage in HomeStage if stage not in ENDED),
        RECORD,
        is_minor=True,
    ),
)
