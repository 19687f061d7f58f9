"""The chains that imported cases brought along."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_case_file_shares'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseOrigin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('identifier', models.CharField(max_length=100, verbose_name='case file')),
                ('reference', models.CharField(max_length=100, verbose_name='reference')),
                ('state_at', models.CharField(help_text='As the case file wrote it.', max_length=40, verbose_name='state at')),
                ('signing_key', models.CharField(max_length=64, verbose_name='fingerprint of the key')),
                ('chain_head', models.CharField(max_length=64, verbose_name='chain head')),
                ('entry_count', models.PositiveIntegerField(verbose_name='entries')),
                ('lines', models.BinaryField(help_text='custody.jsonl, byte for byte.', verbose_name='chain')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='origins', to='cases.case')),
            ],
            options={
                'verbose_name': 'origin',
                'verbose_name_plural': 'origins',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='origin_number_once_per_case')],
            },
        ),
    ]
