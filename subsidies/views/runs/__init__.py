"""发放批次: a month's run from the proposal to the bank's answer; each of its lines explained; its workbooks; 存量接收."""

from django.urls import path

from subsidies.views.runs.explanation import run_line
from subsidies.views.runs.export import run_export
from subsidies.views.runs.listing import run_list, run_takeover
from subsidies.views.runs.page import run

urls = [
    path("subsidies/runs/", run_list, name="run_list"),
    path("subsidies/runs/takeover/", run_takeover, name="run_takeover"),
    path("subsidies/runs/<int:pk>/", run, name="run"),
    path("subsidies/runs/<int:pk>/export/", run_export, name="run_export"),
    path("subsidies/runs/lines/<int:pk>/", run_line, name="run_line"),
]
