"""A variant may be a turntable: the model seen from all around, in one image."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_deleted_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="variant",
            name="kind",
            field=models.CharField(
                choices=[
                    ("preview", "preview"),
                    ("mobile", "mobile"),
                    ("web", "web"),
                    ("android", "android"),
                    ("ios", "ios"),
                    ("poster", "poster"),
                    ("thumbnail", "thumbnail"),
                    ("turntable", "turntable"),
                ],
                max_length=16,
            ),
        ),
    ]
