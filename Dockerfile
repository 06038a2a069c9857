# The images of compose.yaml, one target a service. They share the programs and their libraries and
# differ in what runs them. No compiler, no shell history, no root: each works with a read-only
# root file system and any numeric user. (`runtime` alone is root, to give volumes to that user.)

FROM node:22-bookworm-slim AS web
WORKDIR /source/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY docs/openapi.yaml /source/docs/
COPY web ./
RUN npm run --silent build

FROM debian:bookworm-slim AS programs
WORKDIR /source
COPY common/stack/deps.sh common/stack/
RUN sh common/stack/deps.sh build && rm -rf /var/lib/apt/lists/*
COPY Makefile ./
COPY common common
COPY cgi cgi
COPY worker worker
COPY migrations migrations
COPY tests/demo tests/demo
RUN make programs && strip --strip-unneeded build/release/bin/*

# The libraries, the programs, and the scripts that start them.
FROM debian:bookworm-slim AS runtime
RUN apt-get update -qq && apt-get install -y --no-install-recommends -qq \
		ca-certificates curl libcurl4 libdeflate0 libfcgi0ldbl libjpeg62-turbo libjson-c5 libpng16-16 \
		libsqlite3-0 libwebp7 libwebpdemux2 libwebsockets17 libyaml-0-2 libzimg2 s6 >/dev/null && \
	rm -rf /var/lib/apt/lists/* && \
	install -d /etc/checkpoint-sampler && \
	install -d -m 1777 /var/lib/checkpoint-sampler /var/lib/checkpoint-sampler/cache /run/checkpoint-sampler
WORKDIR /opt/checkpoint-sampler
COPY common/stack/container.sh common/stack/container-health.sh common/stack/services.sh common/stack/
COPY common/stack/service common/stack/service
COPY common/comfyui/templates common/comfyui/templates
COPY --from=programs /source/build/release/bin/ build/release/bin/
ENV PROGRAMS=/opt/checkpoint-sampler/build/release/bin RUNTIME_DIR=/run/checkpoint-sampler
ENTRYPOINT ["/bin/sh", "/opt/checkpoint-sampler/common/stack/container.sh"]
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Checkpoint Sampler" \
	org.opencontainers.image.version="$VERSION" \
	org.opencontainers.image.licenses="MIT"

FROM runtime AS nginx
RUN apt-get update -qq && apt-get install -y --no-install-recommends -qq nginx-light >/dev/null && \
	rm -rf /var/lib/apt/lists/*
COPY nginx nginx
COPY --from=web /source/web/dist web/dist
USER 1000:1000
CMD ["nginx"]

FROM runtime AS api
RUN apt-get update -qq && \
	apt-get install -y --no-install-recommends -qq libfcgi-bin multiwatch spawn-fcgi >/dev/null && \
	rm -rf /var/lib/apt/lists/*
USER 1000:1000
CMD ["api"]

FROM runtime AS feed
RUN apt-get update -qq && apt-get install -y --no-install-recommends -qq socat websocketd >/dev/null && \
	rm -rf /var/lib/apt/lists/*
USER 1000:1000
CMD ["feed"]

FROM runtime AS worker
USER 1000:1000
CMD ["worker"]

# The demonstration: a simulated ComfyUI, and what it would have rendered.
FROM runtime AS demo
RUN apt-get update -qq && \
	apt-get install -y --no-install-recommends -qq fonts-dejavu-core python3-aiohttp python3-pil >/dev/null && \
	rm -rf /var/lib/apt/lists/*
COPY tests/comfyui-stub tests/comfyui-stub
COPY tests/fixtures/comfyui tests/fixtures/comfyui
USER 1000:1000
CMD ["demo"]
