"""What products are found and put in order by; the database keeps it itself."""

import django.contrib.postgres.search
from django.db import migrations, models

# Whole words, in small letters, as they stand: no dictionary, no positions, and none too long for a tsvector.
_WORDS = """
CREATE FUNCTION catalog_words(name text, tags text[], alt text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 100))), ''::tsvector)
    FROM regexp_split_to_table(
        lower(name || ' ' || array_to_string(tags, ' ') || ' ' || alt), '[^[:alnum:]]+'
    ) AS word
    WHERE word <> ''
$$;
CREATE FUNCTION catalog_asked(words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(quote_literal(left(word, 100)) || ':*', ' & ')::tsquery
    FROM regexp_split_to_table(lower(words), '[^[:alnum:]]+') AS word
    WHERE word <> ''
$$;
"""
_NO_WORDS = "DROP FUNCTION catalog_words; DROP FUNCTION catalog_asked;"

_SHOWN = """
CREATE FUNCTION catalog_note_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT size, format INTO NEW.shown_size, NEW.shown_format FROM catalog_assetversion
    WHERE id = coalesce(NEW.published_version_id, NEW.newest_version_id);
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_shows BEFORE INSERT OR UPDATE ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_note_shown();
"""
_NOT_SHOWN = "DROP FUNCTION catalog_note_shown CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_revision"),
    ]

    operations = [
        migrations.RunSQL(_WORDS, _NO_WORDS),
        migrations.AddField(
            model_name="product",
            name="search",
            field=models.GeneratedField(
                expression=models.Func("name", "tags", "alt", function="catalog_words"),
                output_field=django.contrib.postgres.search.SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="shown_format",
            field=models.CharField(editable=False, max_length=8, null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="shown_size",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(_SHOWN, _NOT_SHOWN),
        # Those that are there already: any change has the trigger look.
        migrations.RunSQL("UPDATE catalog_product SET shown_size = NULL;", migrations.RunSQL.noop),
    ]
