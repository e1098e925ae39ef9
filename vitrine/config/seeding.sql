-- Products by the thousand, from number %(first)s to %(last)s of %(of)s; see seeding.py.
-- Everything follows from a product's number, so whoever seeds again makes none twice.
-- Variants come first, and their version and product after them: the database checks the keys when the transaction
-- ends, and its triggers find no product yet whose revision they would raise.

CREATE TEMPORARY TABLE IF NOT EXISTS seeding_words AS SELECT
    ARRAY['Chair', 'Lamp', 'Table', 'Sofa', 'Shelf', 'Desk', 'Stool', 'Bench', 'Vase', 'Mirror', 'Rug', 'Bed',
        'Cabinet', 'Clock', 'Armchair', 'Sideboard', 'Dresser', 'Ottoman', 'Planter', 'Headboard'] AS nouns,
    ARRAY['Oak', 'Walnut', 'Steel', 'Linen', 'Leather', 'Marble', 'Brass', 'Rattan', 'Velvet', 'Glass', 'Pine',
        'Wool', 'Birch', 'Ceramic', 'Bamboo'] AS materials,
    ARRAY['Al', 'Be', 'Cor', 'Da', 'El', 'Fa', 'Gri', 'Hel', 'Is', 'Jo', 'Kel', 'Lu', 'Mar', 'No', 'Or', 'Pel', 'Ro',
        'Sil', 'Tor', 'Ul', 'Ven', 'Wil'] AS heads,
    ARRAY['ba', 'der', 'fi', 'go', 'lan', 'mi', 'nor', 'que', 'ri', 'sta', 'tho', 'va', 'win', 'xi', 'zu'] AS middles,
    ARRAY['a', 'by', 'dal', 'en', 'is', 'um', 'vik', 'well', 'or', 'eth', 'ia', 'on', 'ard'] AS tails,
    ARRAY['indoor', 'outdoor', 'sale', 'new', 'kitchen', 'bedroom', 'office', 'garden', 'kids', 'antique'] AS tags;

-- The first thousand have every variant, with proofs; the others `web` and `poster`.
INSERT INTO catalog_variant (id, version_id, kind, key, format, size, sha256, triangles, textures, texture_max_px,
    width_px, height_px, proof)
SELECT md5('seeded ' || kind || n)::uuid, md5('seeded made ' || n)::uuid, kind,
    'models/' || md5('seeded product ' || n)::uuid || '/' || kind || '-' || md5(kind || n) || '.' || format, format,
    50000 + abs(hashint8(n)) %% 900000, md5(kind || n) || md5(n::text || kind),
    CASE WHEN format IN ('glb', 'usdz') THEN 5000 + abs(hashint8(n)) %% 90000 END,
    CASE WHEN format IN ('glb', 'usdz') THEN 3 END, CASE WHEN format IN ('glb', 'usdz') THEN 1024 END,
    CASE WHEN format = 'webp' THEN 1024 END, CASE WHEN format = 'webp' THEN 1024 END,
    CASE WHEN format IN ('glb', 'usdz') AND kind <> 'preview' AND n <= 1000 THEN jsonb_build_object(
        'ssim', 0.9846, 'worst_ssim', 0.9721, 'flip', 0.0312, 'bound', 0.98, 'worst_bound', 0.96, 'passed', true,
        'views', (SELECT jsonb_agg(jsonb_build_object('name', name, 'ssim', 0.9846))
            FROM unnest(ARRAY['front', 'right', 'back', 'left', 'above', 'close-1', 'close-2']) AS name)
    ) END
FROM generate_series(%(first)s, %(last)s) AS n, (VALUES ('preview', 'glb'), ('mobile', 'glb'), ('web', 'glb'),
    ('android', 'glb'), ('ios', 'usdz'), ('poster', 'webp'), ('thumbnail', 'webp')) AS kinds (kind, format)
WHERE n <= 1000 OR kind IN ('web', 'poster')
ON CONFLICT DO NOTHING;

INSERT INTO catalog_assetversion (id, product_id, number, key, format, size, sha256, source_format, optimized,
    made_from_id, fingerprint, dimensions_m, report, passed, created_at, published_at)
SELECT md5('seeded sent ' || n)::uuid, md5('seeded product ' || n)::uuid, 1,
    'models/' || md5('seeded product ' || n)::uuid || '/' || md5('1 ' || n) || '.glb',
    CASE abs(hashint8(n)) %% 50 WHEN 0 THEN 'gltf' WHEN 1 THEN 'usdz' ELSE 'glb' END,
    100000 + abs(hashint8(n * 1)) %% 30000000, md5('1' || n) || md5(n::text), 'glb', false,
    NULL::uuid, md5('recipe'), '[0.6, 0.8, 0.6]', '{}', true, now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s), now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s)
FROM generate_series(%(first)s, %(last)s) AS n
ON CONFLICT DO NOTHING;

INSERT INTO catalog_assetversion (id, product_id, number, key, format, size, sha256, source_format, optimized,
    made_from_id, fingerprint, dimensions_m, report, passed, created_at, published_at)
SELECT md5('seeded made ' || n)::uuid, md5('seeded product ' || n)::uuid, 2,
    'models/' || md5('seeded product ' || n)::uuid || '/' || md5('2 ' || n) || '.glb',
    CASE abs(hashint8(n)) %% 50 WHEN 0 THEN 'gltf' WHEN 1 THEN 'usdz' ELSE 'glb' END,
    100000 + abs(hashint8(n * 2)) %% 30000000, md5('2' || n) || md5(n::text), 'glb', true,
    md5('seeded sent ' || n)::uuid, md5('recipe'), '[0.6, 0.8, 0.6]', '{}', true, now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s), now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s)
FROM generate_series(%(first)s, %(last)s) AS n
ON CONFLICT DO NOTHING;

-- One noun is in 22 names of 100, the least usual in 3; a line's name is in 1 of 4,290; a number is in one.
INSERT INTO catalog_product (id, name, ar_enabled, metadata, alt, tags, status, publish_wished, published_version_id,
    newest_version_id, version_count, created_at, updated_at)
SELECT md5('seeded product ' || n)::uuid,
    materials[1 + abs(hashint8(n * 3)) %% 15] || ' ' || nouns[1 + floor(20 * power(luck, 2))::int] || ' '
        || heads[1 + abs(hashint8(n * 5)) %% 22] || middles[1 + abs(hashint8(n * 7)) %% 15]
        || tails[1 + abs(hashint8(n * 11)) %% 13] || ' ' || n,
    true, jsonb_build_object('seeded', true, 'number', n, 'sku', 'S-' || n, 'price', (abs(hashint8(n)) %% 90000) / 100.0),
    'A piece of furniture from all sides', ARRAY[tags[1 + abs(hashint8(n * 13)) %% 10],
        tags[1 + floor(10 * power(luck, 4))::int]],
    CASE WHEN n %% 100 = 0 THEN 'failed' ELSE 'ready' END, true,
    CASE WHEN n %% 50 <> 0 THEN md5('seeded made ' || n)::uuid END, md5('seeded made ' || n)::uuid, 2, now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s), now() - make_interval(secs => 63000000.0 * (%(of)s - n) / %(of)s)
FROM generate_series(%(first)s, %(last)s) AS n, seeding_words,
    LATERAL (SELECT (abs(hashint8(n * 17)) %% 10000) / 10000.0 AS luck) AS lucks
ON CONFLICT DO NOTHING;
