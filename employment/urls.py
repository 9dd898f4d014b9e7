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
    massage,
    placing,
    register,
    registers,
    seekers,
    training,
    training_figures,
    training_people,
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
    *training.urls,
    *training_people.urls,
    *training_figures.urls,
    *massage.urls,
    *levy.urls,
    *audits.urls,
    *awards.urls,
]
