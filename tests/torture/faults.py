"""
Every fault of RELIABILITY.md 5.5 to 5.7, and what proves that it is survived.

A test is named by its file and its function; what only a real Airflow can show is named by its episode, which `make
torture` stages. `test_faults` holds this list to what there is.
"""

from __future__ import annotations

from collections.abc import Mapping

CELLS = "tests/torture/test_cells.py::"
HELD = "tests/torture/test_held_up.py::"
CRASHES = "tests/apply/test_crashes.py::test_"
APPLYING = "tests/apply/test_applying.py::test_"
EDITS = "tests/apply/test_edits_meanwhile.py::test_"
HUBSPOT = "tests/platforms/hubspot/test_merging.py::test_"
NOTICES = "tests/notices/test_"
AGAIN = "tests/test_stages_again.py::test_"
NIGHT = "tests/test_night.py::test_"
APPLYING_DAG = "tests/test_dags_applying.py::test_"

FAULTS: Mapping[str, tuple[str, ...]] = {
    "A1 written, and the answer lost": (
        f"{CRASHES}a_lost_answer_is_settled_by_reading",
        f"{CELLS}test_a_worker_killed_before_it_heard_an_answer_leaves_nothing_to_repair",
        "tests/apply/test_late.py::test_what_lands_late_does_not_go_over_a_later_change",
    ),
    "A2 not written, and a 500": (f"{CRASHES}a_write_without_an_answer_and_without_effect_is_sent_once",),
    "A3 edited between approval and write": (
        f"{APPLYING}what_changed_since_it_was_found_is_left_alone_and_comes_back",
        f"{APPLYING}an_edit_of_another_field_does_not_stop_a_change",
    ),
    "A4 edited between our look and our write": (
        f"{EDITS}another_field_that_is_edited_right_before_the_write_stays_and_is_told",
        f"{EDITS}an_address_that_is_edited_right_after_the_write_is_not_said_to_be_applied_and_not_written_again",
        f"{EDITS}after_such_an_edit_nothing_follows_before_people_decide_anew_and_the_reviewers_and_both_addresses_hear_of_it",
    ),
    "A5 two workers at one fix": (
        f"{CRASHES}of_many_workers_one_writes",
        "tests/store/test_leases.py::test_of_many_workers_at_once_one_takes_a_fix",
        "P3, two schedulers",
    ),
    "A6 stopped past its lease": (
        f"{HELD}test_a_worker_that_is_stopped_past_its_lease_sends_and_says_nothing_when_it_wakes",
        f"{CRASHES}a_worker_that_wakes_after_its_lease_sends_nothing",
        "tests/apply/test_stopping.py::test_a_worker_that_is_held_up_while_it_notes_that_it_sends_sends_nothing",
        "tests/apply/test_stopping.py::test_a_worker_whose_fix_was_taken_over_sends_nothing_whatever_its_clocks_say",
    ),
    "A7 a merge that happened by half": (
        f"{HUBSPOT}a_merge_without_an_answer_is_sent_once_and_seen_by_reading",
        "tests/apply/test_merging.py::test_a_chain_goes_on_where_a_worker_died_after_a_merge",
        "tests/apply/test_merging_customers.py::test_it_is_sent_once_whatever_becomes_of_it",
    ),
    "A8 merged elsewhere already": (
        "tests/apply/test_merging.py::test_a_duplicate_that_somebody_else_merged_away_is_not_merged_here",
    ),
    "A9 the new address is taken": (
        "tests/apply/test_taken_addresses.py::test_a_taken_address_asks_people_whether_to_merge_and_merges_nothing",
    ),
    "A10 the login changed, the client did not": (
        f"{APPLYING}a_refused_write_holds_the_rest_and_comes_back_with_the_reason",
        "tests/store/test_claims.py::test_what_was_held_is_claimed_once_the_one_before_it_took",
        "tests/store/test_versions.py::test_the_same_fix_in_a_new_version_tells_what_became_of_it_before",
    ),
    "A11 an order that changed hands by half": (
        "tests/apply/test_guest_orders.py::test_the_order_ends_with_its_account_and_its_own_address",
        "tests/platforms/bigcommerce/test_attaching.py::test_what_an_attach_changes_beside_it_shows_in_the_order_as_it_is_kept",
    ),
    "A12 a write that changes other fields": (
        "tests/platforms/test_every_platform.py::test_an_address_changes_by_one_write_and_nothing_else_moves",
    ),
    "A13 an invitation or a reset sent twice": (
        "tests/apply/test_unseen.py::test_a_reset_without_an_answer_is_unknown_and_not_sent_again",
        "tests/apply/test_handing_over.py::test_a_password_is_sent_once_and_kept_nowhere",
    ),
    "A14 an approval that does not hold any more": (
        f"{APPLYING}an_approval_that_is_too_old_goes_back_to_the_page",
        "tests/store/test_withdrawals.py::test_what_was_approved_and_withdrawn_is_not_applied",
    ),
    "A15 a cap reached": ("tests/apply/test_caps.py::test_over_the_cap_of_a_run_nothing_is_applied",),
    "A16 another account behind the connection": (
        "tests/apply/test_accounts.py::test_a_fix_of_another_account_is_neither_read_nor_written",
    ),
    "A17 the database dies after the write": (
        f"{HELD}test_what_was_written_while_the_database_dies_is_settled_by_reading",
        "P2, the database away for 7 s during a change",
    ),
    "A18 the disk is full after the write": (
        f"{HELD}test_what_was_written_while_the_disk_is_full_is_settled_by_reading",
        f"{HELD}test_what_was_written_while_the_database_dies_is_settled_by_reading",
    ),
    "A19 told to end while the API is away": ("A19, the API server away until the task is ended",),
    "A20 cleared, marked and run again": (
        "A20, cleared and run again after it was applied",
        f"{NIGHT}nothing_that_is_forged_in_airflow_or_in_the_ledger_reaches_a_platform",
    ),
    "A21 hidden characters in what was approved": (
        "tests/review/test_words.py::test_what_is_hidden_in_a_text_is_named",
        f"{APPLYING}what_was_approved_is_sent_to_the_letter_whatever_hides_in_it",
    ),
    "V1 a read-back that lags or fails": (
        f"{CRASHES}a_read_that_lags_is_waited_for",
        f"{CRASHES}what_may_have_been_sent_and_cannot_be_seen_is_unknown_then_failed_and_never_sent_again",
    ),
    "V2 a value in the platform's own form": (
        "tests/platforms/hubspot/test_fixes.py::test_what_counts_as_the_same",
        "tests/platforms/shopify/test_fixes.py::test_what_counts_as_the_same",
    ),
    "N1 a mail server in trouble": (
        f"{NOTICES}failures.py::test_only_a_lasting_answer_closes_a_message_and_the_other_one_still_goes",
        f"{NOTICES}failures.py::test_a_message_is_given_up_after_a_day_of_failures",
        f"{NOTICES}alarms.py::test_the_reviewers_hear_once_of_a_message_that_never_arrives",
    ),
    "N2 killed after the message was accepted": (
        "tests/torture/test_post.py::test_a_postman_killed_at_any_moment_doubles_one_message_at_most_as_the_same_one",
    ),
    "N3 no encryption, or a wrong certificate": (
        "tests/test_connections_mail.py::test_there_is_no_falling_back_to_plain_text",
        "tests/test_connections_mail.py::test_a_server_nobody_vouches_for_gets_neither_the_password_nor_the_message",
    ),
    "N4 an address or a name that means more": (
        f"{NOTICES}recipients.py::test_a_recipient_that_is_not_one_mailbox_is_refused_before_the_server_hears_of_it",
        f"{NOTICES}recipients.py::test_no_text_of_the_corpora_becomes_two_recipients_or_a_header",
    ),
    "N5 a chat in trouble": (
        f"{NOTICES}chat.py::test_what_the_chat_answers_decides_whether_it_is_posted_again",
        f"{NOTICES}reviewers.py::test_the_chat_hears_of_the_same_news_in_a_few_lines",
    ),
    "N6 an automatic answer": (f"{NOTICES}changes.py::test_every_message_says_that_a_machine_wrote_it",),
    "U1 killed between the outcome and the audit": (
        "tests/store/test_receipts.py::test_a_receipt_that_cannot_be_written_whole_leaves_nothing",
        f"{CELLS}test_a_worker_killed_at_any_moment_leaves_nothing_to_repair",
    ),
    "U2 the audit rewritten": (
        "tests/store/test_roles.py::test_nobody_rewrites_what_was_decided_or_what_became_of_it",
        "tests/store/test_audit.py::test_the_first_line_that_does_not_follow_is_named",
    ),
    "U3 a clock that goes back": (
        f"{EDITS}a_clock_that_is_set_back_breaks_no_order",
        f"{CRASHES}a_clock_that_is_set_forward_does_not_let_a_change_fail_before_it_was_unknown",
    ),
    "P1 a process killed at a stage": (
        "P1, the API server killed during a change",
        "P1, the DAG processor killed during a change",
        "P1, the worker killed during a night",
        "P1, the scheduler killed during a night",
        "P1, the api-server killed during a night",
        "P1, the dag-processor killed during a night",
    ),
    "P2 the database restarted": (
        "P2, the database away for 7 s during a change",
        "P2, the database away for 60 s during a change",
    ),
    "P3 two schedulers": ("P3, two schedulers",),
    "P4 Airflow's database of yesterday": ("P4, Airflow's database of yesterday",),
    "P5 the ledger of yesterday": (
        "tests/apply/test_heads.py::test_a_restored_ledger_is_not_applied_from_and_the_reviewers_hear_of_it",
        f"{APPLYING_DAG}a_run_that_fails_after_a_write_leaves_the_head_and_what_is_restored_is_not_applied_from",
    ),
    "P6 another version of the code": (
        "tests/store/test_memory.py::test_what_a_newer_version_of_the_code_says_otherwise_reopens_nothing",
        "tests/store/test_claims.py::test_a_fix_of_an_earlier_version_is_not_claimed",
    ),
    "P7 the switch thrown during a run": (
        "tests/apply/test_stopping.py::test_the_switch_stops_a_worker_before_its_next_write",
    ),
    "P8 an Airflow that lets anybody in": (
        "tests/apply/test_surroundings.py::test_nothing_is_applied_from_an_airflow_that_is_open",
        f"{APPLYING_DAG}nothing_is_checked_or_applied_from_an_airflow_that_is_open",
        "tests/test_review_plugin.py::test_where_the_public_has_a_role_the_page_is_closed",
        "tests/test_review_plugin.py::test_where_airflow_lets_anybody_in_the_page_is_closed_outside_the_sandbox",
    ),
    "B1 a backfill, and once more": (
        f"{AGAIN}a_past_night_finds_the_same_bytes_and_the_ledger_stays_as_it_is",
        f"{AGAIN}of_two_attempts_the_one_that_was_filed_is_looked_at",
    ),
    "B2 a backfill of what applies": ("tests/test_dags.py::test_applying_is_never_tried_again_and_never_backfilled",),
    "B3 a backfill without a snapshot": (f"{AGAIN}a_night_without_a_snapshot_says_so",),
    "B4 a backfill that changes a run": (f"{AGAIN}the_newest_night_is_not_filed_again_either",),
}
