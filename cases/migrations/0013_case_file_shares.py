"""Links to case files."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_case_file_both_languages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseFileShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, 3, ... of the case file.', verbose_name='number')),
                ('label', models.CharField(blank=True, max_length=100, verbose_name='for whom')),
                ('token_sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256 of the token')),
                ('code_hash', models.CharField(blank=True, help_text='Empty where none is asked for.', max_length=128, verbose_name='hash of the code')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('end_reason', models.CharField(blank=True, choices=[('revoked', 'Revoked'), ('locked', 'Locked after too many wrong codes')], max_length=10, verbose_name='why it ended')),
                ('openings', models.PositiveIntegerField(default=0, verbose_name='openings')),
                ('downloads', models.PositiveIntegerField(default=0, verbose_name='downloads')),
                ('last_opened_at', models.DateTimeField(blank=True, null=True, verbose_name='last opened at')),
                ('wrong_codes', models.PositiveIntegerField(default=0, verbose_name='wrong codes')),
                ('case_file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='cases.casefile')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'share link',
                'verbose_name_plural': 'share links',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('case_file', 'number'), name='share_number_once_per_case_file'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='share_ends_with_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='share_expires_after_it_is_made')],
            },
        ),
    ]
