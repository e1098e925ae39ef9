"""What people say of a version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_indexes")]

    operations = [
        migrations.AddField(
            model_name="assetversion",
            name="note",
            field=models.CharField(max_length=500, blank=True, default="", db_default=""),
        ),
    ]
