"""Addresses of the screens; DESIGN section 5 says which of them never change."""

from django.urls import include, path, register_converter

from cases.views import (
    access,
    calendar,
    case,
    case_files,
    case_list,
    contacts,
    custody,
    deadlines,
    drafts,
    exhibit_files,
    exhibits,
    insights,
    milestones,
    orders,
    playbooks,
    today,
    verify,
)

app_name = "cases"
register_converter(access.CaseReferenceConverter, "ref")

of_one_case = [
    path("", case.case, name="case"),
    path("edit/", case.edit_case, name="edit-case"),
    path("status/", case.set_status, name="case-status"),
    path("close/", case.close_case, name="close-case"),
    path("reopen/", case.reopen_case, name="reopen-case"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:order_id>/numbers/", orders.numbers, name="order-numbers"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("milestones/", milestones.milestones, name="milestones"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("exhibits/", exhibits.exhibits, name="exhibits"),
    path("exhibits/<int:number>/", exhibits.exhibit, name="exhibit"),
    path("exhibits/<int:number>/original/", exhibit_files.original, name="original"),
    path("exhibits/<int:number>/thumbnail/", exhibit_files.thumbnail, name="thumbnail"),
    path("exhibits/<int:number>/preview/", exhibit_files.preview, name="preview"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("custody/", custody.custody, name="custody"),
    path("case-files/", case_files.case_files, name="case-files"),
    path("case-files/<int:number>/", case_files.case_file, name="case-file"),
]

urlpatterns = [
    path("", today.today, name="today"),
    path("cases/", case_list.cases, name="cases"),
    path("cases/new/", case_list.new_case, name="new-case"),
    path("cases/<ref:ref>/", include(of_one_case)),
    path("verify/", verify.verify, name="verify"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/<slug:key>/", playbooks.playbook, name="playbook"),
    path("insights/", insights.insights, name="insights"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
]
