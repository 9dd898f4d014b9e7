"""Makes the first data key, wrapped by the environment's master key (docs/decisions/0003)."""

from django.db import migrations

from zalainuoer.common.keys import first_data_key


def make(apps, schema_editor):
    DataKey = apps.get_model("common", "DataKey")
    if DataKey.objects.exists():
        return  # migrated back and forth: making others would lose what these wrote
    first_data_key(DataKey.objects, adopt=holds_values(apps, schema_editor.connection))


def holds_values(apps, connection):
    """Whether values may stand in the database that were written with a master key itself.

    They came with uploads, whose batches stay for good; the tables are asked as well, because a wrong "no" would make
    the values unreadable. Not through their models: other apps' migrations may not have come so far.
    """
    if apps.get_model("common", "UploadBatch").objects.exists():
        return True
    with connection.cursor() as cursor:
        tables = {"registry_person", "registry_personevent"} & set(connection.introspection.table_names(cursor))
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone()[0]:
                return True
    return False


class Migration(migrations.Migration):
    dependencies = [("common", "0005_load_registry_parameters")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
