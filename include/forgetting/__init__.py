"""
What is forgotten: by age, and one person on request.

    python -m include.forgetting             forgets what is too old (`--count` only counts it)
    python -m include.forgetting --person    erases one person, whose address it asks for or reads from its input
    python -m include.forgetting --compact   makes the ledger's file anew, as the owner of its tables

    pseudonyms   whom a keyed hash of an address stands for, and which addresses were erased
    redacting    a platform's page without the records of people who were erased
    pages        a page as it is kept, without them and their records
    nights       what is stored of past nights
    rows         what the ledger holds
    unfinished   an erasure that broke off, until it is whole
    compacting   the ledger's file, without what was blanked

A snapshot is written once, and this room is the exception: it takes records out and writes the checksums anew, and
leaves `erased.json` beside them that says so. The audit stays as it is; it knows people only by keyed hashes and by the
numbers that the platforms give their records. What it cannot reach: the platforms themselves, backups, mail that was
sent, and the write-ahead log of PostgreSQL.
"""
