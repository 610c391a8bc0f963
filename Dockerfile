# docker build -t tixianbot --build-arg VERSION=$(git describe --tags --always) .

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/tixianbot ./cmd/tixianbot
# What an empty image lacks: certificates to know Telegram by, a user to be, a folder of that user's to write to.
RUN mkdir -p /out/etc/ssl/certs /out/data \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && echo 'tixianbot:x:10001:10001::/data:/sbin/nologin' > /out/etc/passwd \
 && echo 'tixianbot:x:10001:' > /out/etc/group \
 && chmod 0700 /out/data

FROM scratch
COPY --from=build /out/etc /etc
COPY --from=build --chown=10001:10001 --chmod=0700 /out/data /data
COPY --from=build /out/tixianbot /tixianbot
USER 10001:10001
ENV TIXIANBOT_DATA=/data TIXIANBOT_LISTEN=:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/tixianbot", "healthcheck"]
ENTRYPOINT ["/tixianbot"]
CMD ["run"]
