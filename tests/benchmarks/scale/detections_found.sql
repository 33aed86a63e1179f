-- What is found of the persons (groups: n, person) and the orders.
CREATE TEMP TABLE guests AS
SELECT o.platform, o.id, o.channel, a.key, m.first, m.last, p.number, house(o.address) AS house,
    postal(o.postcode) AS postcode
FROM orders o
LEFT JOIN addresses a ON a.raw = o.email AND NOT a.role
LEFT JOIN names m ON m.raw_first = o.first_name AND m.raw_last = o.last_name
LEFT JOIN phones p ON p.raw = o.phone
WHERE contact_id IS NULL AND platform IN ('shopify', 'bigcommerce')
    AND lower(coalesce(status, '')) NOT IN ('cancelled', 'canceled', 'declined', 'incomplete', 'voided', 'expired');

CREATE TEMP TABLE bought AS
WITH accounts AS (SELECT * FROM who WHERE kind = 'customer'),
by_key AS (
    SELECT g.platform, g.id, w.ref FROM guests g JOIN accounts w USING (platform, key)
    WHERE agreed(g.first, g.last, w.first, w.last) AND open_to(w.channels, g.channel)
), rest AS (SELECT * FROM guests ANTI JOIN by_key USING (platform, id))
SELECT * FROM by_key
UNION SELECT g.platform, g.id, w.ref FROM rest g JOIN accounts w USING (platform, last, number)
WHERE agreed(g.first, g.last, w.first, w.last) AND open_to(w.channels, g.channel)
UNION SELECT g.platform, g.id, w.ref FROM rest g JOIN accounts w USING (platform, last, house, postcode)
WHERE agreed(g.first, g.last, w.first, w.last) AND open_to(w.channels, g.channel);

CREATE TEMP TABLE found AS
WITH mine AS (
    SELECT g.person, w.n, w.ref, w.platform, w.key, w.other_emails FROM groups g JOIN who w USING (n)
    WHERE w.kind IN ('customer', 'contact', 'client') AND w.key IS NOT NULL
), several AS (
    SELECT person FROM mine GROUP BY person HAVING count(DISTINCT key) > 1 AND count(DISTINCT platform) > 1
), told AS (SELECT * FROM mine SEMI JOIN several USING (person)),
beside AS (
    SELECT DISTINCT person, platform, key FROM told
    UNION SELECT t.person, t.platform, a.key FROM (SELECT person, platform, unnest(other_emails) AS raw FROM told) t
    JOIN addresses a USING (raw)
), known AS (
    SELECT DISTINCT person, l.key AS one, r.key AS other FROM beside l JOIN beside r USING (person, platform)
    WHERE l.key <> r.key
), apart AS (
    SELECT DISTINCT l.person, l.key AS one, r.key AS other FROM told l JOIN told r USING (person)
    WHERE l.key < r.key AND l.platform <> r.platform
), mismatched AS (SELECT DISTINCT person FROM apart ANTI JOIN known USING (person, one, other)),
twice AS (
    SELECT person FROM groups JOIN who USING (n) WHERE kind = 'contact' GROUP BY person HAVING count(*) > 1
)
SELECT 'email_mismatch' AS rule, person::VARCHAR AS subject, list(ref ORDER BY ref) AS refs
FROM told SEMI JOIN mismatched USING (person) GROUP BY person
UNION ALL
SELECT 'duplicate_contact', person::VARCHAR, list(ref ORDER BY ref)
FROM groups JOIN who USING (n) SEMI JOIN twice USING (person) WHERE kind = 'contact' GROUP BY person
UNION ALL
SELECT 'orphaned_order', platform || ':order:' || id, list(DISTINCT ref ORDER BY ref) FROM bought GROUP BY platform, id;
