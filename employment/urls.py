"""Addresses of employment's pages, as their view modules list them."""

from django.urls import URLPattern

from employment.views import (
    audits,
    awards,
    employers,
    fairs,
    job_referrals,
    jobs_desk,
    levy,
    placing,
    register,
    registers,
    seekers,
    vacancies,
)

urlpatterns: list[URLPattern] = [
    *jobs_desk.urls,
    *seekers.urls,
    *vacancies.urls,
    *job_referrals.urls,
    *placing.urls,
    *fairs.urls,
    *registers.urls,
    *register.urls,
    *employers.urls,
    *levy.urls,
    *audits.urls,
    *awards.urls,
]
