"""A home's pages until its approval; the addresses of all of them."""

from accessibility.views.homes import acts, assessment, candidates, page, plan

urls = [*candidates.urls, *page.urls, *assessment.urls, *plan.urls, *acts.urls]
