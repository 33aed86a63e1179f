-- Who is likely one person though no value proves it: pairs that share a small block, by how alike they are. The blocks
-- and what each level weighs are Rollcall's (`blocks`, `likeness_table`).
CREATE TEMP TABLE compared AS
SELECT n, first, last, number, postcode, house, address, city, CASE WHEN NOT role THEN key END AS key,
    CASE WHEN NOT role THEN split_part(split_part(key, '@', 1), '+', 1) END AS local
FROM who WHERE kind IN ('customer', 'contact', 'client') AND first || last <> '';

CREATE TEMP TABLE near AS
WITH keys AS (
    SELECT n, hash(1, postcode, first[:3]) AS block FROM compared WHERE postcode IS NOT NULL AND length(first) >= 3
    UNION ALL SELECT n, hash(2, postcode, last[:3]) FROM compared WHERE postcode IS NOT NULL AND length(last) >= 3
    UNION ALL SELECT n, hash(3, least(first, last), greatest(first, last)) FROM compared
        WHERE length(first) > 1 AND length(last) > 1
    UNION ALL SELECT n, hash(4, lower(start), first[1])
        FROM (SELECT *, regexp_extract(address, '[0-9]+[^A-Za-z]*[A-Za-z]{4}') AS start FROM compared)
        WHERE start <> '' AND first <> ''
    UNION ALL SELECT n, hash(5, number) FROM compared WHERE number IS NOT NULL
    UNION ALL SELECT n, hash(6, local) FROM compared WHERE length(local) >= 4
), few AS (SELECT list(n) AS members FROM keys GROUP BY block HAVING count(*) BETWEEN 2 AND 12),
each AS (SELECT members, unnest(members) AS one FROM few),
pairs AS (SELECT one, unnest(members) AS other FROM each)
SELECT DISTINCT one, other FROM pairs WHERE one < other;

-- Whoever bears another first name, by more than a slip, is another person.
CREATE TEMP TABLE named AS
SELECT one, other, CASE WHEN l.first = r.first THEN 3.5 WHEN l.first = r.last AND l.last = r.first THEN 2.5
    WHEN least(length(l.first), length(r.first)) = 1 THEN 2 ELSE 2 + jaro_winkler_similarity(l.first, r.first) END AS first,
    l.first = r.last AND l.last = r.first AS swapped
FROM near JOIN compared l ON l.n = one JOIN compared r ON r.n = other
WHERE (l.first = r.first OR (l.first = r.last AND l.last = r.first) OR jaro_winkler_similarity(l.first, r.first) >= 0.9
        OR (least(length(l.first), length(r.first)) = 1 AND l.first[1] = r.first[1]));

CREATE TEMP TABLE likely AS
WITH lasts AS (SELECT last, count(*) AS bearers FROM who WHERE last <> '' GROUP BY last),
places AS (SELECT postcode, count(*) AS held FROM who WHERE postcode IS NOT NULL GROUP BY postcode),
fresh AS MATERIALIZED (SELECT * FROM named ANTI JOIN edges USING (one, other)),
sides AS MATERIALIZED (
    SELECT *, lower(city) AS town, nullif(regexp_replace(lower(address), '[^a-z]+', '', 'g'), '') AS road
    FROM compared WHERE n IN (SELECT one FROM fresh UNION SELECT other FROM fresh)
),
scored AS (
    SELECT one, other, f.first
        + CASE WHEN swapped THEN 3.5 WHEN l.last = r.last THEN CASE WHEN bearers <= 6 THEN 6 WHEN bearers <= 60 THEN 5
            ELSE 3.5 END WHEN jaro_winkler_similarity(l.last, r.last) >= 0.9 THEN 3.5
            WHEN l.last = '' OR r.last = '' THEN 0 ELSE -2.5 END
        + CASE WHEN l.key IS NULL OR r.key IS NULL THEN 0 WHEN l.key = r.key THEN 6 WHEN l.local = r.local THEN 1.5
            WHEN split_part(l.key, '@', 2) = split_part(r.key, '@', 2) AND levenshtein(l.local, r.local) <= 2 THEN 2.5
            ELSE -2 END
        + CASE WHEN l.number IS NULL OR r.number IS NULL THEN 0 WHEN l.number = r.number THEN 6
            WHEN levenshtein(l.number, r.number) <= 2 THEN 2 ELSE -3 END
        + CASE WHEN l.road IS NULL OR r.road IS NULL THEN 0
            WHEN jaro_winkler_similarity(l.road, r.road) < 0.9 THEN CASE WHEN l.house = r.house THEN 0.5 ELSE -3 END
            WHEN l.house = r.house THEN 5 WHEN l.house IS NULL OR r.house IS NULL THEN 3.5
            WHEN levenshtein(l.house, r.house) <= 1 THEN 4 ELSE 2.5 END
        + CASE WHEN l.postcode IS NULL OR r.postcode IS NULL THEN 0
            WHEN l.postcode = r.postcode THEN CASE WHEN held <= 60 THEN 4 ELSE 0.5 END
            WHEN levenshtein(l.postcode, r.postcode) <= 2 THEN CASE WHEN l.town = r.town THEN 3 ELSE 1.5 END
            WHEN l.town = r.town THEN 1 ELSE -3 END AS score
    FROM fresh f JOIN sides l ON l.n = one JOIN sides r ON r.n = other
    LEFT JOIN lasts ON lasts.last = l.last LEFT JOIN places ON places.postcode = l.postcode
)
SELECT one, other FROM scored WHERE score >= 10.5;

INSERT INTO edges
SELECT p.one, p.other, 64 FROM likely p JOIN who l ON l.n = p.one JOIN who r ON r.n = p.other
WHERE NOT coalesce(l.platform = r.platform AND l.kind = r.kind AND l.state = 'activated' AND r.state = 'activated'
    AND l.key <> r.key, false);
