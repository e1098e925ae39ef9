from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processing", "0002_uploads_in_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="request_id",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
