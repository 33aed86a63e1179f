-- Roles for a ledger on PostgreSQL: each process may do what it is there for, and no more. Run it as the owner of the
-- ledger's tables, after `python -m include.store upgrade` and again after each later one:
--
--     psql "$LEDGER" -v ON_ERROR_STOP=1 -f include/store/roles.sql
--
-- The roles cannot log in. Give each to a user of its own (GRANT rollcall_reviewer TO the_page;) and let
-- ROLLCALL_LEDGER name that user where the process runs:
--
--     rollcall_detector   nightly_reconciliation, plan_email_changes     files findings; decides nothing
--     rollcall_reviewer   Airflow's API server, which serves the page    decides; applies nothing
--     rollcall_applier    apply_approved_fixes                           applies what was decided; decides nothing
--     rollcall_forgetter  forget_old_data, python -m include.forgetting  blanks words; decides and applies nothing
--     rollcall_auditor    python -m include.audit                        reads
--
-- Nobody may change or delete a decision, a receipt or a line of the audit; the forgetter may blank what people wrote
-- in the first two. The triggers on the audit hold for the owner, too. Who is a superuser, or the owner and removes the
-- triggers, is stopped by nothing: for that the audit's head is kept elsewhere.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'rollcall_detector', 'rollcall_reviewer', 'rollcall_applier', 'rollcall_forgetter', 'rollcall_auditor'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', wanted);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', wanted);
        IF wanted <> 'rollcall_auditor' THEN
            EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', wanted);
            EXECUTE format('GRANT INSERT ON audit TO %I', wanted);
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

-- Findings are filed by the night and by plan_email_changes; so is the message that tells of them, and it is sent.
GRANT INSERT, UPDATE ON finding TO rollcall_detector;
GRANT INSERT ON option, fix, notice, step TO rollcall_detector;
GRANT INSERT, DELETE ON dossier TO rollcall_detector;
GRANT UPDATE (state, tries, due_at, lease_owner, problem, sent_at) ON notice TO rollcall_detector;
GRANT UPDATE (state, finding_id, client, found, changed_at) ON request TO rollcall_detector;

-- People decide, take requests and objections down, ask for an undo (which is a finding, too), and stop everything.
GRANT INSERT ON decision, request, undo, switch, objection, receipt, notice, option, fix TO rollcall_reviewer;
GRANT INSERT, UPDATE ON finding TO rollcall_reviewer;
GRANT INSERT, DELETE ON dossier TO rollcall_reviewer;
GRANT UPDATE (state, finding_id, client, found, changed_at) ON request TO rollcall_reviewer;
GRANT UPDATE (state, lease_owner, lease_until) ON fix TO rollcall_reviewer;

-- What was decided is applied, and what follows from it is written down and told.
GRANT INSERT ON receipt, notice, option, fix, switch TO rollcall_applier;
GRANT INSERT, UPDATE ON finding TO rollcall_applier;
GRANT UPDATE (state, lease_owner, lease_until, sent_at, image) ON fix TO rollcall_applier;
GRANT UPDATE (state, tries, due_at, lease_owner, problem, sent_at) ON notice TO rollcall_applier;
GRANT INSERT, UPDATE, DELETE ON alias TO rollcall_applier;
GRANT INSERT, DELETE ON dossier TO rollcall_applier;

-- Words are blanked, and what is open of a person who is erased is closed.
GRANT UPDATE (because, state, until, changed_at) ON finding TO rollcall_forgetter;
GRANT UPDATE (label) ON option TO rollcall_forgetter;
GRANT UPDATE (before, after, image) ON fix TO rollcall_forgetter;
GRANT UPDATE (reason, consents) ON decision TO rollcall_forgetter;
GRANT UPDATE (detail) ON receipt TO rollcall_forgetter;
GRANT UPDATE (recipient, subject, text, html, headers, pictures, state, problem) ON notice TO rollcall_forgetter;
GRANT UPDATE (asked, found, client, state, changed_at) ON request TO rollcall_forgetter;
GRANT UPDATE (why) ON undo, switch, objection TO rollcall_forgetter;
GRANT DELETE ON dossier TO rollcall_forgetter;

-- To make the tables' files anew, without what was blanked, takes their owner before PostgreSQL 17. There, whenever
-- something was blanked, run as the owner: python -m include.forgetting --compact (forget_old_data fails until then).
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO rollcall_forgetter';
    END IF;
END
$$;
