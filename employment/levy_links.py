"""Where the levy's page of a sheet is."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def sheet_address(employer: int, year: int) -> str:
    """The page on which an employer's figures of a year are reckoned anew; empty where there is none."""
    try:
        return reverse("levy_sheet", args=[employer, year])
    except NoReverseMatch:
        return ""
