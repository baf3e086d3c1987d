# One image for every part; `kanalvakt up --only …` says which one a container is (see docker-compose.yml).
FROM node:24.19.0-alpine AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
COPY .ci/assets .ci/assets
RUN sh .ci/assets python3 vendor

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock .
# Of the 110 MB of Google's API descriptions, YouTube's is the only one that is used.
RUN python -m venv /opt/kanalvakt \
 && /opt/kanalvakt/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
 && find /opt/kanalvakt/lib -path '*/discovery_cache/documents/*' ! -name 'youtube*' -delete
# "otel sentry video", or those of them that are wanted: traces, reports of errors, films.
ARG EXTRAS=""
COPY requirements-otel.lock requirements-sentry.lock requirements-video.lock ./
RUN for extra in $EXTRAS; do \
      /opt/kanalvakt/bin/pip install --no-cache-dir --require-hashes --requirement "requirements-$extra.lock" || exit 1; \
    done
COPY pyproject.toml hatch_build.py README.md LICENSE celeryconfig.py ./
COPY config config
COPY connectors connectors
COPY monitor monitor
COPY --from=assets /assets/vendor monitor/web/static/vendor
COPY workers workers
RUN /opt/kanalvakt/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/kanalvakt kanalvakt && chmod 700 /var/lib/kanalvakt
COPY --from=build /opt/kanalvakt /opt/kanalvakt
ENV PATH=/opt/kanalvakt/bin:$PATH KANALVAKT_HOME=/var/lib/kanalvakt PYTHONUNBUFFERED=1
# By number: what runs containers can tell only then that it is not root.
USER 10001
WORKDIR /var/lib/kanalvakt
VOLUME /var/lib/kanalvakt
EXPOSE 8480
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s \
  CMD ["kanalvakt", "doctor", "database", "broker", "beat", "workers", "work"]
ENTRYPOINT ["kanalvakt"]
CMD ["up"]
