"""Addresses of the subsidies' pages, as their view modules list them."""

from subsidies.views import (
    accounts,
    applications,
    findings,
    grants,
    money,
    month_history,
    publicity,
    recoveries,
    reviews,
    runs,
    standards,
)

urlpatterns = [
    *applications.urls,
    *publicity.urls,
    *grants.urls,
    *month_history.urls,
    *reviews.urls,
    *runs.urls,
    *recoveries.urls,
    *findings.urls,
    *standards.urls,
    *accounts.urls,
    *money.urls,
]
