"""
Ways from a platform's pages to Parquet, each run in a process of its own that says how much CPU it took.

`python <file> <jobs>`, JSON: the last job counts, those before it are there to warm up. A job has a `platform`, its
`streams` (each with its page files in order and where its records stand), `tables` of ours by stream, `out` (a folder
to write to) and `url` (who serves the pages; without it they are read from disk).
"""
