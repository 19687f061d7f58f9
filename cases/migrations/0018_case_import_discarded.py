"""A discarded import is remembered for a while."""

from __future__ import annotations


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_case_origin_identity'),
    ]

    operations = [
        migrations.AlterField(
            model_name='caseimport',
            name='state',
            field=models.CharField(choices=[('arriving', 'Arriving'), ('queued', 'Waiting its turn'), ('checking', 'Being checked'), ('checked', 'Checked'), ('confirmed', 'Waiting to be taken in'), ('taking_in', 'Being taken in'), ('done', 'Taken in'), ('refused', 'Refused'), ('failed', 'Failed'), ('discarded', 'Discarded')], default='arriving', max_length=10, verbose_name='state'),
        ),
    ]
