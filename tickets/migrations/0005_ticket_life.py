import datetime
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_known_browsers_and_contact_changes'),
        ('departments', '0003_ticket_life'),
        ('tenants', '0002_people_and_rights'),
        ('tickets', '0004_released_tickets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_ours', models.BooleanField()),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='NoteReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('via', models.CharField(choices=[('added', 'افزوده شد'), ('mention', 'نام برده شد'), ('handover', 'تیکت به او رسید')], default='added', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='StatusMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='TicketRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reopen_days', models.PositiveSmallIntegerField(default=14, verbose_name='بازگشایی با پاسخ مشتری تا')),
                ('silence_days', models.PositiveSmallIntegerField(default=0, verbose_name='بستن تیکت منتظر مشتری پس از')),
                ('warning_days', models.PositiveSmallIntegerField(default=2, verbose_name='هشدار پیش از بستن')),
                ('transfer_days', models.PositiveSmallIntegerField(default=3, verbose_name='مهلت پاسخ به درخواست انتقال')),
                ('bin_days', models.PositiveSmallIntegerField(default=30, verbose_name='نگه\u200cداری در سطل')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'در انتظار تأیید'), ('accepted', 'پذیرفته شد'), ('rejected', 'رد شد'), ('withdrawn', 'پس گرفته شد'), ('returned', 'مهلتش گذشت')], default='pending', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='دلیل')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Watcher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('via', models.CharField(choices=[('added', 'افزوده شد'), ('mention', 'نام برده شد'), ('handover', 'تیکت به او رسید')], default='added', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AlterModelOptions(
            name='ticket',
            options={'base_manager_name': 'with_bin'},
        ),
        migrations.AlterModelManagers(
            name='ticket',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('with_bin', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='audience',
            field=models.CharField(choices=[('right', 'همکارانی که اجازه دارند'), ('named', 'فقط کسانی که نام برده\u200cام')], default='right', max_length=10),
        ),
        migrations.AddField(
            model_name='ticket',
            name='colour',
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.AddField(
            model_name='ticket',
            name='colour_turns_at',
            field=models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddField(
            model_name='ticket',
            name='deleted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='deleted_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ticket',
            name='from_department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='linked_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='reckoned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolve_at',
            field=models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolve_used',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ticket',
            name='silent_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='told_colour',
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.AddField(
            model_name='ticket',
            name='warned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticketstatus',
            name='colour',
            field=models.CharField(blank=True, max_length=7, verbose_name='رنگ'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('opened', 'ثبت شد'), ('routed', 'رسید'), ('taken', 'برداشته شد'), ('assigned', 'واگذار شد'), ('status', 'وضعیت عوض شد'), ('closed', 'بسته شد'), ('reopened', 'باز شد'), ('priority', 'اولویت عوض شد'), ('moved', 'به دپارتمان دیگری رفت'), ('released', 'به صف دپارتمان برگشت'), ('referred', 'به همکار ارجاع شد'), ('requested', 'انتقال درخواست شد'), ('rejected', 'درخواست انتقال رد شد'), ('withdrawn', 'درخواست انتقال پس گرفته شد'), ('returned', 'مهلت درخواست انتقال گذشت'), ('watching', 'ناظر افزوده شد'), ('unwatched', 'ناظر برداشته شد'), ('turned', 'رنگ مهلت عوض شد'), ('warned', 'هشدار بسته\u200cشدن فرستاده شد'), ('linked', 'به تیکت دیگری پیوند خورد'), ('deleted', 'به سطل رفت'), ('restored', 'از سطل برگشت')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('colour_turns_at__lt', datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), fields=['tenant', 'colour_turns_at'], name='ticket_turns'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('waiting_since__isnull', False)), fields=['tenant', 'reckoned_at'], name='ticket_reckoned'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('silent_since__isnull', False)), fields=['tenant', 'silent_since'], name='ticket_silent'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['tenant', 'deleted_at'], name='ticket_binned'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('from_department__isnull', False)), fields=['tenant', 'from_department', '-updated_at', '-id'], name='ticket_from_department'),
        ),
        migrations.AddField(
            model_name='custody',
            name='department',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department'),
        ),
        migrations.AddField(
            model_name='custody',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='custody',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='custody',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='custody', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='notereader',
            name='message',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='tickets.message'),
        ),
        migrations.AddField(
            model_name='notereader',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='notereader',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statusmove',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='tickets.ticketstatus'),
        ),
        migrations.AddField(
            model_name='statusmove',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticketstatus'),
        ),
        migrations.AddField(
            model_name='statusmove',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='ticketrules',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='note',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='target',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='watcher',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='watcher',
            name='tenant',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='watcher',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='watchers', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='watcher',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='custody',
            index=models.Index(fields=['tenant', 'ticket', 'began_at'], name='custody_ticket'),
        ),
        migrations.AddConstraint(
            model_name='custody',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('tenant', 'ticket'), name='one_open_custody'),
        ),
        migrations.AddConstraint(
            model_name='notereader',
            constraint=models.UniqueConstraint(fields=('tenant', 'message', 'user'), name='note_reader_once'),
        ),
        migrations.AddConstraint(
            model_name='statusmove',
            constraint=models.UniqueConstraint(fields=('tenant', 'source', 'target'), name='status_move_once'),
        ),
        migrations.AddConstraint(
            model_name='statusmove',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='status_move_goes_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='ticketrules',
            constraint=models.UniqueConstraint(fields=('tenant',), name='one_ticket_rules'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['tenant', 'target', 'created_at'], name='transfer_pending'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['tenant', 'due_at'], name='transfer_due'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['tenant', 'ticket', 'created_at'], name='transfer_ticket'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('tenant', 'ticket'), name='one_pending_transfer'),
        ),
        migrations.AddIndex(
            model_name='watcher',
            index=models.Index(fields=['tenant', 'ticket'], name='watcher_ticket'),
        ),
        migrations.AddConstraint(
            model_name='watcher',
            constraint=models.UniqueConstraint(fields=('tenant', 'user', 'ticket'), name='watcher_once'),
        ),
    ]
