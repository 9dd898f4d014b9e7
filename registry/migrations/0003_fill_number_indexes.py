"""Gives people and households stored before 0002 what is now read from their numbers."""

from django.db import migrations

from zalainuoer.common.ciphers import blind_index
from zalainuoer.common.identity import born_on

PIECE = 2000


def fill(apps, schema_editor):
    Person, Household = apps.get_model("registry", "Person"), apps.get_model("registry", "Household")
    people = []
    for person in Person.objects.only("pk", "id_number").iterator(PIECE):
        person.id_tail_index = blind_index(person.id_number[-4:], purpose="id_tail")
        people.append(person)
    Person.objects.bulk_update(people, ["id_tail_index"], PIECE)
    households = []
    for household in Household.objects.only("pk", "head_id_number").iterator(PIECE):
        household.head_born_on = born_on(household.head_id_number)
        households.append(household)
    Household.objects.bulk_update(households, ["head_born_on"], PIECE)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_person_file"), ("common", "0006_first_data_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
