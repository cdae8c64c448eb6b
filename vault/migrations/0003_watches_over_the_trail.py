"""How far the line and its witnesses have seen the trail."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_find_blocked_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('name', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('seq', models.PositiveBigIntegerField(default=0)),
                ('digest', models.BinaryField(default=bytes, max_length=32)),
                ('at', models.DateTimeField(null=True)),
                ('first_bad', models.PositiveBigIntegerField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
            ],
        ),
    ]
