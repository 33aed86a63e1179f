"""
The review page: findings, their evidence and options, and the decision a person takes. It reads and writes the ledger
and nothing else: it cannot reach a platform, and only the plugin file knows how Airflow says who is asking.
"""
