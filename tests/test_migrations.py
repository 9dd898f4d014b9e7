"""How our migrations are written (docs/decisions/0026)."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger

OURS = {
    config.label
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(settings.BASE_DIR) and ".venv" not in Path(config.path).parts
}
MIGRATIONS = [
    migration for (label, _), migration in sorted(MigrationLoader(None).disk_migrations.items()) if label in OURS
]


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_makes_a_table_in_one_operation(migration: Migration) -> None:
    made = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
    apart = [
        operation.describe()
        for operation in migration.operations
        if isinstance(operation, AddField | AddConstraint | AddIndex | AddTrigger)
        and operation.model_name.lower() in made
    ]
    assert not apart, "put these into the table's CreateModel: docs/decisions/0026 says how"
