# Airflow's own image with Rollcall's pinned packages, its code, and all byte code compiled: an uncompiled
# Great Expectations takes twice as long to import, in every check task of every night.
FROM apache/airflow:3.3.2-python3.11

COPY --chown=airflow:0 requirements.txt /opt/airflow/requirements.txt
RUN env -u PYTHONDONTWRITEBYTECODE uv pip install --no-cache --compile-bytecode -r /opt/airflow/requirements.txt

COPY --chown=airflow:0 dags /opt/airflow/dags
COPY --chown=airflow:0 plugins /opt/airflow/plugins
COPY --chown=airflow:0 include /opt/airflow/include
COPY --chown=airflow:0 config /opt/airflow/rollcall
RUN python -m compileall -q /opt/airflow/dags /opt/airflow/include \
    && mkdir -p /opt/airflow/data  # a new volume mounted here takes over its owner

# Airflow puts only dags, plugins and config on the path; `include` lies beside them.
ENV PYTHONPATH=/opt/airflow \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    GX_ANALYTICS_ENABLED=False
