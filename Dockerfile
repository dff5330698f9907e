# VISTA in a container: built in one stage with compilers' leftovers, run in another without them.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --requirement requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VENV=/venv \
    VISTA_DATA_DIR=/data \
    VISTA_BIND=0.0.0.0
RUN useradd --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin vista \
    && install --directory --owner vista --group vista --mode 0750 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Secrets that the environment does not give live in the volume. Static files are part of the image: a volume
# would keep those of an older version.
RUN ln -s "$VISTA_DATA_DIR/secrets.env" .env
ENV VISTA_STATIC_ROOT=/app/collected
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity 0
USER vista
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', 8000)}/healthz\", timeout=4)"]
ENTRYPOINT ["sh", "scripts/docker_entrypoint.sh"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "vista.wsgi:application"]
