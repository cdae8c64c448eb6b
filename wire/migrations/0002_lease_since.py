"""Lets a lease say since when its duty has been done without a break."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wire', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='lease',
            name='since',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
