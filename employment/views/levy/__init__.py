"""残保金: the list of a year, one employer's sheet, and the large public employers. For the whole district only."""

from django.urls import path

from employment.views.levy.leading import leading_list
from employment.views.levy.listing import levy_export, levy_list, levy_reckon
from employment.views.levy.sheet import levy_sheet, levy_sheet_export, levy_sheet_print

urls = [
    path("employment/levy/", levy_list, name="levy_list"),
    path("employment/levy/reckon/", levy_reckon, name="levy_reckon"),
    path("employment/levy/export/", levy_export, name="levy_export"),
    path("employment/levy/leading/", leading_list, name="levy_leading"),
    path("employment/levy/<int:pk>/<int:year>/", levy_sheet, name="levy_sheet"),
    path("employment/levy/<int:pk>/<int:year>/print/", levy_sheet_print, name="levy_sheet_print"),
    path("employment/levy/<int:pk>/<int:year>/export/", levy_sheet_export, name="levy_sheet_export"),
]
