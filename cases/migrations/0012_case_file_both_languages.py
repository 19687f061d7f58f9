"""A case file may be in both languages."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_case_file_profiles")]

    operations = [
        migrations.AlterField(
            model_name="casefile",
            name="language",
            field=models.CharField(
                choices=[("zh-hans", "简体中文"), ("en", "English"), ("both", "简体中文 + English")],
                max_length=10,
                verbose_name="language",
            ),
        )
    ]
