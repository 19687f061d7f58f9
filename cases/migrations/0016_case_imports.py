"""Case files that users bring in."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_case_file_cancelled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(help_text='Bytes.', verbose_name='size')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('storage_key', models.CharField(blank=True, max_length=200, verbose_name='place in the evidence store')),
                ('state', models.CharField(choices=[('arriving', 'Arriving'), ('queued', 'Waiting its turn'), ('checking', 'Being checked'), ('checked', 'Checked'), ('confirmed', 'Waiting to be taken in'), ('taking_in', 'Being taken in'), ('done', 'Taken in'), ('refused', 'Refused'), ('failed', 'Failed')], default='arriving', max_length=10, verbose_name='state')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('lease_until', models.DateTimeField(blank=True, help_text='After this another worker may go on.', null=True, verbose_name="worker's lease")),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('told', models.JSONField(blank=True, default=dict, verbose_name='what it holds')),
                ('findings', models.JSONField(blank=True, default=list, help_text='Sentences in both languages.', verbose_name='findings')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cases.case')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_imports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'case file taken in',
                'verbose_name_plural': 'case files taken in',
                'ordering': ['-requested_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), ('storage_key', ''), _connector='OR'), name='import_ends_without_its_file')],
            },
        ),
    ]
