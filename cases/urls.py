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
    exhibit,
    exhibit_files,
    exhibits,
    insights,
    milestones,
    orders,
    own_entries,
    own_playbooks,
    own_reminders,
    playbooks,
    reminder_links,
    reminder_stops,
    today,
    trouble,
    uploads,
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
    path("milestones/<int:milestone_id>/", milestones.milestone, name="milestone"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("exhibits/", exhibits.exhibits, name="exhibits"),
    path("exhibits/<int:number>/", exhibit.exhibit, name="exhibit"),
    path("exhibits/<int:number>/original/", exhibit_files.original, name="original"),
    path("exhibits/<int:number>/thumbnail/", exhibit_files.thumbnail, name="thumbnail"),
    path("exhibits/<int:number>/preview/", exhibit_files.preview, name="preview"),
    path("exhibits/<int:number>/pages/<int:page>/", exhibit_files.page, name="exhibit-page"),
    path("exhibits/<int:number>/play/", exhibit_files.play, name="play"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<str:key>/", uploads.upload, name="upload"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("own-reminders/", own_reminders.own_reminders, name="own-reminders"),
    path("own-reminders/<int:own_id>/", own_reminders.own_reminder, name="own-reminder"),
    path("custody/", custody.custody, name="custody"),
    path("case-files/", case_files.case_files, name="case-files"),
    path("case-files/<int:number>/", case_files.case_file, name="case-file"),
]

of_one_own_playbook = [
    path("", own_playbooks.own_playbook, name="own-playbook"),
    path("file/", own_playbooks.own_file, name="own-playbook-file"),
    path("edit/", own_playbooks.edit, name="edit-own-playbook"),
    path("replace/", own_playbooks.replace, name="replace-own-playbook"),
    path("delete/", own_playbooks.delete, name="delete-own-playbook"),
    path("new-channel/", own_entries.channel, name="new-own-channel"),
    path("channels/<str:channel>/", own_entries.channel, name="own-channel"),
    path("channels/<str:channel>/delete/", own_entries.delete_channel, name="delete-own-channel"),
    path("new-rule/", own_entries.rule, name="new-own-rule"),
    path("rules/<str:rule>/", own_entries.rule, name="own-rule"),
    path("rules/<str:rule>/delete/", own_entries.delete_rule, name="delete-own-rule"),
]

urlpatterns = [
    path("", today.today, name="today"),
    path("send-again/", trouble.send_again, name="send-again"),
    path("cases/", case_list.cases, name="cases"),
    path("cases/new/", case_list.new_case, name="new-case"),
    path("cases/<ref:ref>/", include(of_one_case)),
    path("verify/", verify.verify, name="verify"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/own/", own_playbooks.own_list, name="own-playbooks"),
    path("playbooks/own/new/", own_playbooks.new, name="new-own-playbook"),
    path("playbooks/own/upload/", own_playbooks.upload, name="upload-own-playbook"),
    path("playbooks/own/<slug:key>/", include(of_one_own_playbook)),
    path("playbooks/<slug:key>/", playbooks.playbook, name="playbook"),
    path("playbooks/<slug:key>/file/", playbooks.playbook_file, name="playbook-file"),
    path("insights/", insights.insights, name="insights"),
    # Not under the case: readers too choose their own mails, and write nothing there.
    path("settings/reminders/<ref:ref>/", reminder_stops.case_reminders, name="case-reminders"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
    path("reminders/<str:token>/", reminder_links.reminder_link, name="reminder-link"),
    path("unsubscribe/<str:token>/", reminder_links.unsubscribe, name="unsubscribe"),
]
