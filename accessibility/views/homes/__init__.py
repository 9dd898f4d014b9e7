"""A home's pages; the addresses of all of them."""

from accessibility.views.homes import acts, archive, assessment, candidates, page, plan

urls = [*candidates.urls, *page.urls, *assessment.urls, *plan.urls, *acts.urls, *archive.urls]
