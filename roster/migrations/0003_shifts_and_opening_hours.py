"""Shifts that are taken, given back and swapped; opening hours; calendars; what members wish and can do."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

#: Code → name of what somebody may accompany in; the coordination adds others and says who has them.
SKILLS = {
    "quechua": "Quechua",
    "aymara": "Aimara",
    "minors": "Menores de edad",
    "violence": "Violencia",
    "grief": "Duelo",
    "substances": "Alcohol y otras drogas",
    "lgbti": "Diversidad sexual y de género",
    "perinatal": "Embarazo y posparto",
}


def add_skills(apps, schema_editor):
    """Add the skills that are missing."""
    skill = apps.get_model("roster", "Skill")
    for code, name in SKILLS.items():
        skill.objects.get_or_create(code=code, defaults={"name": name})


def name_promises(apps, schema_editor):
    """Give each shift that stands a name of its own."""
    for shift in apps.get_model("roster", "Shift").objects.all():
        shift.uid = uuid.uuid4()
        shift.save(update_fields=["uid"])


class Migration(migrations.Migration):

    dependencies = [
        ('roster', '0002_roles_lapse_and_sessions_turn'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GivenBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('uid', models.UUIDField()),
                ('sequence', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
        migrations.CreateModel(
            name='NeededVolunteers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(unique=True)),
                ('count', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='OpeningException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens', models.TimeField(blank=True, help_text='Vacío: ese día está cerrado.', null=True, verbose_name='abre')),
                ('closes', models.TimeField(blank=True, help_text='Si no es después de abrir, es del día siguiente. La misma hora: 24 horas.', null=True, verbose_name='cierra')),
                ('needed', models.PositiveSmallIntegerField(default=1, help_text='En cada hora, mientras no haya pronóstico.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='voluntarias y voluntarios que hacen falta')),
                ('date', models.DateField(verbose_name='fecha')),
                ('name', models.CharField(max_length=80, verbose_name='qué día es')),
            ],
            options={
                'verbose_name': 'día con otro horario',
                'verbose_name_plural': 'días con otro horario',
                'ordering': ('date', 'opens'),
            },
        ),
        migrations.CreateModel(
            name='OpeningSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens', models.TimeField(blank=True, help_text='Vacío: ese día está cerrado.', null=True, verbose_name='abre')),
                ('closes', models.TimeField(blank=True, help_text='Si no es después de abrir, es del día siguiente. La misma hora: 24 horas.', null=True, verbose_name='cierra')),
                ('needed', models.PositiveSmallIntegerField(default=1, help_text='En cada hora, mientras no haya pronóstico.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='voluntarias y voluntarios que hacen falta')),
                ('day', models.PositiveSmallIntegerField(choices=[(0, 'lunes'), (1, 'martes'), (2, 'miércoles'), (3, 'jueves'), (4, 'viernes'), (5, 'sábado'), (6, 'domingo'), (7, 'todos los días'), (8, 'feriados nacionales')], verbose_name='día')),
            ],
            options={
                'verbose_name': 'horario de la línea',
                'verbose_name_plural': 'horario de la línea',
                'ordering': ('day', 'opens'),
            },
        ),
        migrations.AddField(
            model_name='historicalmember',
            name='above_limit',
            field=models.BooleanField(default=False, verbose_name='acepta que le propongan una emergencia aunque ya tenga sus conversaciones'),
        ),
        migrations.AddField(
            model_name='historicalmember',
            name='capacity',
            field=models.PositiveSmallIntegerField(default=2, help_text='De 1 a 3.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3)], verbose_name='conversaciones a la vez'),
        ),
        migrations.AddField(
            model_name='historicalmember',
            name='trained_on',
            field=models.DateField(blank=True, null=True, verbose_name='formación terminada el'),
        ),
        migrations.AddField(
            model_name='member',
            name='above_limit',
            field=models.BooleanField(default=False, verbose_name='acepta que le propongan una emergencia aunque ya tenga sus conversaciones'),
        ),
        migrations.AddField(
            model_name='member',
            name='capacity',
            field=models.PositiveSmallIntegerField(default=2, help_text='De 1 a 3.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3)], verbose_name='conversaciones a la vez'),
        ),
        migrations.AddField(
            model_name='member',
            name='trained_on',
            field=models.DateField(blank=True, null=True, verbose_name='formación terminada el'),
        ),
        migrations.AddField(
            model_name='shift',
            name='beyond',
            field=models.CharField(blank=True, choices=[('nobody_else', 'nadie más puede a esa hora'), ('emergency', 'hay una emergencia y falta gente'), ('wished', 'la persona lo pidió y lo conversamos'), ('written_later', 'se anota después de hecho')], max_length=13, verbose_name='motivo para pasar los límites'),
        ),
        migrations.AddField(
            model_name='shift',
            name='changed_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name='shift',
            name='in_return',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roster.shift'),
        ),
        migrations.AddField(
            model_name='shift',
            name='swap_since',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='shift',
            name='swap_with',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='shift',
            name='promised_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='shift',
            name='sequence',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='shift',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.RunPython(name_promises, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='shift',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 3)), name='roster_member_capacity'),
        ),
        migrations.AddField(
            model_name='givenback',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='given_back', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='givenback',
            name='passed_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(add_skills, migrations.RunPython.noop),
    ]
