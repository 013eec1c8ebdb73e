import django.db.models.deletion
from django.db import migrations, models


def collate(apps, schema_editor):
    """Compare words by code point, so that those which begin alike are one range (models.FieldWord)."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE tickets_fieldword ALTER COLUMN word TYPE varchar(100) COLLATE "C"')


def find_words(apps, schema_editor):
    """Write what the answers that are there are found whole by; the words of a text are folded by the code of the day,
    which a migration does not know: they come when the answer is written again.
    """
    answers, picks = apps.get_model('tickets', 'FieldAnswer'), apps.get_model('tickets', 'FieldPick')
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute("SELECT set_config('app.all', 'on', true)")
    given = answers._base_manager.filter(field__kind__in=('mobile', 'id'))
    _write(apps, given.values_list('tenant_id', 'ticket_id', 'field_id', 'text').iterator())
    chosen = picks._base_manager.values_list(
        'tenant_id', 'answer__ticket_id', 'answer__field_id', 'choice_id'
    )
    _write(apps, ((*where, str(choice)) for *where, choice in chosen.iterator()))
    if schema_editor.connection.vendor == 'postgresql':
        # Constraints are checked at the end; an index is not built on a table that waits for that.
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')
        schema_editor.execute("SELECT set_config('app.all', '', true)")


def _write(apps, facts):
    word = apps.get_model('tickets', 'FieldWord')
    names = ('tenant_id', 'ticket_id', 'field_id', 'word')
    rows = (word(**dict(zip(names, fact, strict=True))) for fact in facts)
    word._base_manager.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0004_conversation'),
        ('tenants', '0002_people_and_rights'),
        ('tickets', '0007_fields_scaled'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='fields',
            field=models.JSONField(default=list),
        ),
        migrations.RemoveIndex(
            model_name='fieldpick',
            name='pick_choice',
        ),
        migrations.AlterField(
            model_name='fieldpick',
            name='answer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='picks', to='tickets.fieldanswer'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('category__in', ('new', 'open', 'waiting', 'answered')), ('deleted_at', None)), fields=['tenant', 'department', 'assignee', 'id'], name='ticket_load'),
        ),
        migrations.CreateModel(
            name='FieldWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=100)),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.extrafield')),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                ('ticket', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'field', 'word', 'ticket'], name='field_words')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'ticket', 'field', 'word'), name='field_word_once')],
            },
        ),
        migrations.RunPython(collate, migrations.RunPython.noop),
        migrations.RunPython(find_words, migrations.RunPython.noop),
    ]
