# The image in which jobs and tests run, and which conf/spark/kubernetes.conf can name.
#   docker build -t appariement .
#   docker run --rm -v DIR:/data appariement all --lake /data/lake --deliveries /data/deliveries --version V
# With --build-arg LOCK=requirements-dev.lock it has what the tests need: docker run --rm appariement test -m "not spark"
FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates openjdk-17-jre-headless procps python3-venv tini \
    && rm -rf /var/lib/apt/lists/*

# The number that Spark's own images use.
RUN useradd --system --uid 185 --create-home appariement && install --directory --owner=appariement /opt/appariement
COPY --chown=appariement . /opt/appariement
USER appariement
WORKDIR /opt/appariement

ARG LOCK=requirements.lock
# Where the build gives the container a name that nothing resolves, Spark's resolver of jars would not start.
RUN SPARK_LOCAL_IP=127.0.0.1 PYTHONPATH=. python3 -m linkage.platform.setup.prepare "$LOCK" && rm -rf ~/.cache

# Kubernetes has the packages under the name that conf/spark/kubernetes.conf gives: python3.
ENV PATH=/opt/appariement/.venv/bin:$PATH
ENTRYPOINT ["tini", "--", "/opt/appariement/conf/spark/entrypoint.sh"]
