"""The columns that 0003 took over from."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sense_observations", "0003_fill_what_clients_see")]

    operations = [
        migrations.RemoveField("thing", "location"),
        migrations.RemoveField("sensor", "metadata_text"),
    ]
