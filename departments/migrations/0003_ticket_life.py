import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0002_people_and_rights'),
        ('tenants', '0002_people_and_rights'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tell_yellow', models.JSONField(default=list)),
                ('tell_red', models.JSONField(default=list)),
                ('stamp', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DayOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='روز')),
                ('kind', models.CharField(choices=[('closed', 'تعطیل'), ('open', 'باز است')], default='closed', max_length=10)),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='مناسبت')),
                ('is_announced', models.BooleanField(default=False, verbose_name='به مشتریان منتظر نشان داده شود')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SlaPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.PositiveSmallIntegerField(default=0, verbose_name='اولویت')),
                ('first_yellow', models.PositiveIntegerField(verbose_name='پاسخ نخست، زرد')),
                ('first_red', models.PositiveIntegerField(verbose_name='پاسخ نخست، قرمز')),
                ('next_yellow', models.PositiveIntegerField(verbose_name='پاسخ\u200cهای بعدی، زرد')),
                ('next_red', models.PositiveIntegerField(verbose_name='پاسخ\u200cهای بعدی، قرمز')),
                ('resolve', models.PositiveIntegerField(blank=True, null=True, verbose_name='تا بستن تیکت')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WorkingWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='از روز')),
                ('slots', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='department',
            name='rule',
            field=models.CharField(choices=[('queue', 'در صف بماند تا کسی بردارد'), ('person', 'به مسئول گروه موضوعی برسد'), ('rotation', 'به نوبت میان کارشناسان حاضر'), ('least', 'به کارشناس حاضری که تیکت کمتری دارد')], default='queue', max_length=10, verbose_name='تقسیم تیکت\u200cهای تازه'),
        ),
        migrations.AddField(
            model_name='department',
            name='turn',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='topic',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='departments.staffgroup', verbose_name='گروه'),
        ),
        migrations.AddField(
            model_name='topic',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='departments.topic', verbose_name='زیر'),
        ),
        migrations.AddField(
            model_name='topic',
            name='rule',
            field=models.CharField(blank=True, choices=[('queue', 'در صف بماند تا کسی بردارد'), ('person', 'به مسئول گروه موضوعی برسد'), ('rotation', 'به نوبت میان کارشناسان حاضر'), ('least', 'به کارشناس حاضری که تیکت کمتری دارد')], max_length=10, verbose_name='تقسیم تیکت\u200cهای تازه'),
        ),
        migrations.AddField(
            model_name='topic',
            name='turn',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='topic_is_not_its_own_parent'),
        ),
        migrations.AddField(
            model_name='clockrules',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='dayoff',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dayoff',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='departments.department'),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='workingweek',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddConstraint(
            model_name='clockrules',
            constraint=models.UniqueConstraint(fields=('tenant',), name='one_clock_rules'),
        ),
        migrations.AddConstraint(
            model_name='dayoff',
            constraint=models.UniqueConstraint(fields=('tenant', 'day'), name='one_word_about_a_day'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('tenant', 'department', 'priority'), name='sla_policy_once_per_desk'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('department', None)), fields=('tenant', 'priority'), name='sla_policy_once'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.CheckConstraint(condition=models.Q(('first_yellow__lte', models.F('first_red')), ('next_yellow__lte', models.F('next_red'))), name='sla_yellow_before_red'),
        ),
        migrations.AddConstraint(
            model_name='workingweek',
            constraint=models.UniqueConstraint(fields=('tenant', 'valid_from'), name='one_week_from_a_day'),
        ),
    ]
