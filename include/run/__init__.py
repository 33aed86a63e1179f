"""
`make run`, `make demo` and `make ui`: a whole Rollcall on this machine, in folders and processes of its own.

It starts the real parts (Airflow, the review page, the sandbox when no platform is configured) and watches them. It
holds no step of the procedure: those are in `dags/`.
"""
