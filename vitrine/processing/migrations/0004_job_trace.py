from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processing", "0003_job_request_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="trace",
            field=models.CharField(blank=True, default="", max_length=55),
        ),
    ]
