-- Who is one person, and email_mismatch, duplicate_contact and orphaned_order, as somebody who knows DuckDB would write
-- them: each column derived once, values on too many records dropped before they are joined, pairs by numbers.
-- $role, $tags, $free: lists of ours. $hub: contacts that may share a value.
CREATE MACRO house(address) AS nullif(regexp_extract(address, '([0-9]+)', 1), '');
CREATE MACRO postal(code) AS nullif(upper(regexp_replace(code, '[^0-9A-Za-z]', '', 'g')), '');
CREATE MACRO bare(name) AS regexp_replace(strip_accents(lower(coalesce(name, ''))), '[^a-z]+', '', 'g');
CREATE MACRO agreed(first, last, other_first, other_last) AS last = other_last AND (first = other_first
    OR (first[1] = other_first[1] AND least(length(first), length(other_first)) = 1));
CREATE MACRO open_to(channels, channel) AS len(channels) = 0 OR list_contains(channels, channel);

CREATE TEMP TABLE addresses AS
WITH raw AS (
    SELECT email AS raw FROM contacts UNION SELECT unnest(other_emails) FROM contacts UNION SELECT email FROM orders
), cut AS (
    SELECT raw, split_part(lower(trim(raw)), '@', 1) AS local, split_part(lower(trim(raw)), '@', 2) AS domain FROM raw
    WHERE regexp_matches(raw, '^\s*[^@\s]+@[^@\s]+[.][^@\s]+\s*$')
), base AS (
    SELECT *, split_part(local, '+', 1) AS base FROM cut
), kept AS (
    SELECT *, CASE WHEN domain IN $tags THEN base ELSE local END AS kept FROM base
)
SELECT raw, domain,
    CASE WHEN domain = 'gmail.com' THEN replace(kept, '.', '') ELSE kept END || '@' || domain AS key,
    base IN $role AS role, domain IN $free AS free
FROM kept;

CREATE TEMP TABLE phones AS
WITH raw AS (SELECT phone AS raw FROM contacts UNION SELECT phone FROM orders),
digits AS (SELECT raw, regexp_replace(raw, '[^0-9]', '', 'g') AS digits FROM raw)
SELECT raw, CASE WHEN length(digits) = 10 THEN '1' || digits ELSE digits END AS number FROM digits
WHERE length(digits) >= 10 AND NOT regexp_matches(digits, '0123456|1234567|9876543|0{7}$|1{7}$|5{7}$|9{7}$');

CREATE TEMP TABLE companies AS
SELECT raw, regexp_replace(regexp_replace(lower(raw), '[^a-z0-9]+', ' ', 'g'), '( (inc|llc|ltd|gmbh|corp|co))+ ?$', '')
    AS company
FROM (SELECT DISTINCT company AS raw FROM contacts WHERE company IS NOT NULL);

CREATE TEMP TABLE names AS
SELECT raw_first, raw_last, bare(raw_first) AS first, bare(raw_last) AS last FROM (
    SELECT DISTINCT first_name AS raw_first, last_name AS raw_last FROM contacts
    UNION SELECT DISTINCT first_name, last_name FROM orders
) WHERE raw_first IS NOT NULL AND raw_last IS NOT NULL;

CREATE TEMP TABLE who AS
SELECT row_number() OVER () AS n, c.platform || ':' || c.kind || ':' || c.id AS ref, c.platform, c.kind, c.id,
    a.key, coalesce(a.role, false) AS role, CASE WHEN NOT a.free AND NOT a.role THEN a.domain END AS site,
    m.first, m.last, p.number, f.company, house(c.address) AS house, postal(c.postcode) AS postcode, c.state, c.created_at,
    c.address, c.city, c.other_emails, c.links, c.kind IN ('customer', 'contact', 'client', 'login') AS named, c.channels
FROM contacts c
LEFT JOIN addresses a ON a.raw = c.email
LEFT JOIN names m ON m.raw_first = c.first_name AND m.raw_last = c.last_name
LEFT JOIN phones p ON p.raw = c.phone
LEFT JOIN companies f ON f.raw = c.company;

CREATE TEMP TABLE held AS
SELECT n, key FROM who WHERE named AND NOT role AND key IS NOT NULL
UNION SELECT n, a.key FROM (SELECT n, unnest(other_emails) AS raw FROM who WHERE len(other_emails) > 0 AND named)
    JOIN addresses a USING (raw) WHERE NOT a.role;

CREATE TEMP TABLE ordered AS
SELECT DISTINCT w.n, a.key
FROM (SELECT DISTINCT platform, contact_id, email FROM orders WHERE contact_id IS NOT NULL) o
JOIN who w ON w.platform = o.platform AND w.id = o.contact_id AND w.kind = 'customer'
JOIN addresses a ON a.raw = o.email
WHERE a.key <> w.key AND NOT a.role;

-- Every two contacts with the evidence that ties them: the candidates.
CREATE TEMP TABLE pairs AS
WITH few_keys AS (SELECT key FROM held GROUP BY key HAVING count(*) BETWEEN 2 AND $hub),
by_key AS (SELECT n, key FROM held SEMI JOIN few_keys USING (key)),
whole AS (SELECT * FROM who WHERE named AND length(first) > 1 AND length(last) > 1),
few_numbers AS (SELECT number, last FROM whole GROUP BY ALL HAVING count(*) BETWEEN 2 AND $hub AND number IS NOT NULL),
by_number AS (SELECT n, number, last FROM whole SEMI JOIN few_numbers USING (number, last)),
few_houses AS (SELECT last, house, postcode FROM whole WHERE house IS NOT NULL AND postcode IS NOT NULL GROUP BY ALL
    HAVING count(*) BETWEEN 2 AND $hub),
by_house AS (SELECT n, last, house, postcode FROM whole SEMI JOIN few_houses USING (last, house, postcode)),
few_firms AS (SELECT last, company FROM whole WHERE company IS NOT NULL GROUP BY ALL HAVING count(*) BETWEEN 2 AND $hub),
by_firm AS (SELECT n, last, company FROM whole SEMI JOIN few_firms USING (last, company)),
few_sites AS (SELECT last, site FROM whole WHERE site IS NOT NULL GROUP BY ALL HAVING count(*) BETWEEN 2 AND $hub),
by_site AS (SELECT n, last, site FROM whole SEMI JOIN few_sites USING (last, site)),
found AS (
    SELECT l.n AS one, r.n AS other, 1 AS bits FROM by_key l JOIN by_key r USING (key) WHERE l.n < r.n
    UNION ALL SELECT l.n, r.n, 2 FROM by_number l JOIN by_number r USING (number, last) WHERE l.n < r.n
    UNION ALL SELECT l.n, r.n, 4 FROM by_house l JOIN by_house r USING (last, house, postcode) WHERE l.n < r.n
    UNION ALL SELECT l.n, r.n, 8 FROM by_firm l JOIN by_firm r USING (last, company) WHERE l.n < r.n
    UNION ALL SELECT l.n, r.n, 8 FROM by_site l JOIN by_site r USING (last, site) WHERE l.n < r.n
    UNION ALL SELECT least(o.n, h.n), greatest(o.n, h.n), 16 FROM ordered o JOIN held h USING (key) WHERE o.n <> h.n
    UNION ALL SELECT least(l.n, r.n), greatest(l.n, r.n), 32
    FROM (SELECT n, unnest(links) AS ref FROM who WHERE len(links) > 0) l JOIN who r USING (ref) WHERE l.n <> r.n
)
SELECT one, other, bit_or(bits) AS bits FROM found GROUP BY one, other;

-- The pairs that no guard forbids: names that agree or an explicit link, and not two accounts in use.
CREATE TEMP TABLE edges AS
SELECT p.one, p.other, p.bits FROM pairs p JOIN who l ON l.n = p.one JOIN who r ON r.n = p.other
WHERE (p.bits & 32 > 0 OR agreed(l.first, l.last, r.first, r.last))
    AND NOT coalesce(l.platform = r.platform AND l.kind = r.kind AND l.state = 'activated' AND r.state = 'activated'
        AND l.key <> r.key, false);
