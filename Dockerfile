# The registry from this repository's sources, for docker-compose.yml.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --package registry --locked

FROM debian:bookworm-slim
RUN useradd --system --home-dir /data --create-home registry
COPY --from=build /build/target/release/registry /usr/local/bin/registry
USER registry
VOLUME /data
EXPOSE 8081
ENTRYPOINT ["registry", "serve", "--listen", "0.0.0.0:8081", "--database", "sqlite:/data/registry.db"]
