"""`Product.revision`, raised by the database itself whenever anything changes that a product's answer tells."""

from django.db import migrations, models

_OF_A_PRODUCT = """
CREATE FUNCTION catalog_raise_own_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_changes BEFORE UPDATE ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_raise_own_revision();
"""

_OF_ITS_VERSIONS = """
CREATE FUNCTION catalog_raise_revision_of_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product SET revision = revision + 1 WHERE id IN (SELECT product_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_version_changes AFTER UPDATE ON catalog_assetversion
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_revision_of_versions();
"""

_OF_ITS_VARIANTS = """
CREATE FUNCTION catalog_raise_revision_of_variants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product SET revision = revision + 1 WHERE id IN (
        SELECT version.product_id FROM catalog_assetversion AS version
        WHERE version.id IN (SELECT version_id FROM changed)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_variant_comes AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_revision_of_variants();
CREATE TRIGGER catalog_variant_changes AFTER UPDATE ON catalog_variant
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_revision_of_variants();
CREATE TRIGGER catalog_variant_goes AFTER DELETE ON catalog_variant
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_revision_of_variants();
"""

_UNDONE = """
DROP FUNCTION catalog_raise_own_revision CASCADE;
DROP FUNCTION catalog_raise_revision_of_versions CASCADE;
DROP FUNCTION catalog_raise_revision_of_variants CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_announcements"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="revision",
            field=models.BigIntegerField(default=1, db_default=1, editable=False),
        ),
        migrations.RunSQL(_OF_A_PRODUCT + _OF_ITS_VERSIONS + _OF_ITS_VARIANTS, _UNDONE),
    ]
