"""A role lapses unless it is confirmed; signing out everywhere begins a new turn of sessions."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roster', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmember',
            name='role_confirmed_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='rol confirmado el'),
        ),
        migrations.AddField(
            model_name='member',
            name='role_confirmed_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='rol confirmado el'),
        ),
        migrations.AddField(
            model_name='member',
            name='session_turn',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
