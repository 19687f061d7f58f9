from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_calendar_token")]
    operations = [
        migrations.AddField(
            model_name="deadline",
            name="drop_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not dropped"),
                    ("user", "Dropped by hand"),
                    ("next_step_changed", "Another step is next"),
                    ("case_closed", "The case was closed"),
                ],
                max_length=20,
                verbose_name="why it was dropped",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("dropped_at__isnull", False), ("drop_reason", ""), _connector="OR"),
                name="deadline_drop_reason_only_when_dropped",
            ),
        ),
    ]
