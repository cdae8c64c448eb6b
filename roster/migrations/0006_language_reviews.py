"""Who read the words of a language and when; and English as something somebody may accompany in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def add_skills(apps, schema_editor):
    """Add the skill that a choice of English asks for; the other languages have been there."""
    apps.get_model("roster", "Skill").objects.get_or_create(code="english", defaults={"name": "Inglés"})


class Migration(migrations.Migration):

    dependencies = [
        ('roster', '0005_applications'),
    ]

    operations = [
        migrations.CreateModel(
            name='LanguageReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('digest', models.CharField(max_length=64)),
                ('marks', models.TextField()),
                ('reviewer', models.CharField(max_length=120)),
                ('reviewer_is', models.CharField(max_length=120)),
                ('reviewed_on', models.DateField()),
                ('signed_by', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('recorded_at', 'pk'),
            },
        ),
        migrations.RunPython(add_skills, migrations.RunPython.noop),
    ]
