-- The ledger's own database, beside Airflow's on the same server.
CREATE DATABASE rollcall OWNER airflow;
