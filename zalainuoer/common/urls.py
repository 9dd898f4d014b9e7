"""Addresses of the foundation's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from zalainuoer.common.views import accounts, audit, calendar, divisions, uploads

urlpatterns = [
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", accounts.PasswordChange.as_view(), name="password_change"),
    path("sheets/", uploads.sheet_list, name="sheet_list"),
    path("sheets/<slug:code>/", uploads.sheet_upload, name="sheet_upload"),
    path("sheets/<slug:code>/template/", uploads.sheet_template, name="sheet_template"),
    path("exports/", uploads.export_list, name="export_list"),
    path("exports/<slug:code>/", uploads.export_sheet, name="export_sheet"),
    path("batches/", uploads.batch_list, name="batch_list"),
    path("batches/<int:pk>/", uploads.batch, name="batch"),
    path("batches/<int:pk>/progress/", uploads.batch_progress, name="batch_progress"),
    path("batches/<int:pk>/decide/", uploads.batch_decide, name="batch_decide"),
    path("batches/<int:pk>/cancel/", uploads.batch_cancel, name="batch_cancel"),
    path("batches/<int:pk>/repeat/", uploads.batch_repeat, name="batch_repeat"),
    path("batches/<int:pk>/workbook/", uploads.batch_workbook, name="batch_workbook"),
    path("batches/<int:pk>/undo/", uploads.batch_undo, name="batch_undo"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/add/", accounts.account_add, name="account_add"),
    path("accounts/<int:pk>/", accounts.account_edit, name="account_edit"),
    path("accounts/<int:pk>/password/", accounts.account_password, name="account_password"),
    path("accounts/<int:pk>/tokens/", accounts.token_issue, name="token_issue"),
    path("accounts/<int:pk>/tokens/<slug:key>/revoke/", accounts.token_revoke, name="token_revoke"),
    path("divisions/", divisions.division_list, name="division_list"),
    path("divisions/<int:pk>/", divisions.division_edit, name="division_edit"),
    path("divisions/<int:pk>/add/", divisions.division_add, name="division_add"),
    path("divisions/<int:pk>/move/", divisions.division_move, name="division_move"),
    path("divisions/<int:pk>/delete/", divisions.division_delete, name="division_delete"),
    path("calendar/", calendar.calendar_list, name="calendar_list"),
    path("calendar/add/", calendar.calendar_add, name="calendar_add"),
    path("calendar/paste/", calendar.calendar_paste, name="calendar_paste"),
    path("calendar/<int:pk>/", calendar.calendar_edit, name="calendar_edit"),
    path("calendar/<int:pk>/delete/", calendar.calendar_delete, name="calendar_delete"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/exports/", audit.export_register, name="export_register"),
]
