import django.utils.timezone
from django.db import migrations, models


# As before, and one thing more: entries up to the last cut may go.
FUNCTION = """
CREATE OR REPLACE FUNCTION access_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged access_auditentry;
BEGIN
    {deleting}
    IF TG_OP = 'UPDATE' THEN
        unchanged := NEW;
        IF OLD.number IS NULL THEN
            unchanged.number := OLD.number;
            unchanged.digest := OLD.digest;
            unchanged.seal := OLD.seal;
        END IF;
        IF NEW.name = '' AND NEW.address = '' AND NEW.salt = '' THEN
            unchanged.name := OLD.name;
            unchanged.address := OLD.address;
            unchanged.salt := OLD.salt;
        END IF;
        IF unchanged IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
"""
DELETING = """
    IF TG_OP = 'DELETE' AND OLD.number <= (SELECT max(number) FROM access_auditcut) THEN
        RETURN OLD;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_identity"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCut",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("signature", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunSQL(FUNCTION.format(deleting=DELETING), FUNCTION.format(deleting="")),
    ]
