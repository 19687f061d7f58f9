"""Which ZIP an imported case came in, and what its time stamp claims."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_case_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='caseorigin',
            name='bundle_sha256',
            field=models.CharField(blank=True, help_text='Of the ZIP; empty for a folder.', max_length=64, verbose_name='SHA-256 of the case file'),
        ),
        migrations.AddField(
            model_name='caseorigin',
            name='stamp_authority',
            field=models.CharField(blank=True, max_length=200, verbose_name='stamped by'),
        ),
        migrations.AddField(
            model_name='caseorigin',
            name='stamped_at',
            field=models.CharField(blank=True, help_text='As the outside authority wrote it.', max_length=40, verbose_name='time stamp'),
        ),
    ]
