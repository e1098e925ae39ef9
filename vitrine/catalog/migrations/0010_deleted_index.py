"""What was deleted is listed newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_version_sha256"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                models.OrderBy(models.F("deleted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("deleted_at__isnull", False)),
                name="product_deleted",
            ),
        ),
    ]
