# wxpay-sandbox as a container: docker build -t wxpay-sandbox . && docker run --rm -p 127.0.0.1:8686:8686 wxpay-sandbox
# How to use it in CI: docs/ci.md

FROM python:3.13-slim AS build
WORKDIR /src
# pip comes from the image: the environment that is shipped has none.
RUN python -m venv --without-pip /opt/wxpay-sandbox
COPY pyproject.toml README.md LICENSE ./
COPY sandbox sandbox
COPY templates templates
COPY static static
COPY scenarios scenarios
COPY examples examples
RUN pip --python /opt/wxpay-sandbox/bin/python install --no-cache-dir './[postgresql]'

FROM python:3.13-slim
LABEL org.opencontainers.image.title="wxpay-sandbox" \
      org.opencontainers.image.description="A local WeChat Pay (微信支付) for development and CI" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/wxpay-sandbox /opt/wxpay-sandbox
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sandbox \
    && install -d -o sandbox -g sandbox /data
# Beyond loopback, console and control API need a token: one is made and printed unless WXPAY_SANDBOX_ADMIN_TOKEN is set.
# WXPAY_SANDBOX_MAKE_TOKEN is a switch and no secret, whatever the linter thinks of its name.
# hadolint ignore=DL3064
ENV PATH="/opt/wxpay-sandbox/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    WXPAY_SANDBOX_HOST=0.0.0.0 \
    WXPAY_SANDBOX_PORT=8686 \
    WXPAY_SANDBOX_HTTPS_PORT=8687 \
    WXPAY_SANDBOX_PROXY_PORT=8688 \
    WXPAY_SANDBOX_DATA_DIR=/data \
    WXPAY_SANDBOX_MAKE_TOKEN=1
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 8686 8687 8688
HEALTHCHECK --interval=2s --timeout=3s --start-period=20s --retries=5 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"WXPAY_SANDBOX_PORT\"]}/_sandbox/health', timeout=2)"]
ENTRYPOINT ["wxpay-sandbox"]
CMD ["serve"]
