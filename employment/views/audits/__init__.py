"""The pages of the yearly audit, of the push to the tax office and of the 失信记录."""

from employment.views.audits import credit, page, tax, worklist

urls = [*worklist.urls, *page.urls, *tax.urls, *credit.urls]
