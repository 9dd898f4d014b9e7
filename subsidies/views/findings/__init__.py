"""比对: a desk of work. The list with its filter, one finding with all its evidence, what is done about it, exports."""

from django.urls import path

from subsidies.views.findings.export import finding_export
from subsidies.views.findings.listing import finding_compare, finding_list
from subsidies.views.findings.page import finding
from subsidies.views.findings.selected import finding_selected

urls = [
    path("subsidies/findings/", finding_list, name="finding_list"),
    path("subsidies/findings/compare/", finding_compare, name="finding_compare"),
    path("subsidies/findings/selected/", finding_selected, name="finding_selected"),
    path("subsidies/findings/export/", finding_export, name="finding_export"),
    path("subsidies/findings/<int:pk>/", finding, name="finding"),
]
