"""A reminder names whom it tells; those that are stored already tell the owner of their case."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_the_owner(apps, schema_editor):
    reminders = apps.get_model("cases", "Reminder").objects
    members = apps.get_model("cases", "Membership").objects
    deadlines = apps.get_model("cases", "Deadline").objects
    case = deadlines.filter(pk=OuterRef(OuterRef("deadline_id"))).values("case_id")
    owner = members.filter(role="owner", case_id__in=Subquery(case)).values("user_id")
    reminders.update(user_id=Subquery(owner[:1]))
    # A case that nobody owns tells nobody.
    reminders.filter(user__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_rules_as_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="reminder",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.CASCADE,
                related_name="reminders",
                to=settings.AUTH_USER_MODEL,
                verbose_name="whom it tells",
            ),
        ),
        migrations.RunPython(name_the_owner, migrations.RunPython.noop),
    ]
