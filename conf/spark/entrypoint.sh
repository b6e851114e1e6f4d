#!/usr/bin/env bash
# What a container does: the job that was typed; or, where Kubernetes asks for it, a driver or an executor of Spark.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
spark=$(python3 -c 'from importlib import resources; print(resources.files("pyspark"))')
settings=${SPARK_CONF_DIR:-$root/conf/spark}

case ${1:-} in
    driver)
        SPARK_HOME=$spark exec "$spark/bin/spark-submit" --deploy-mode client \
            --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" "${@:2}"
        ;;
    executor)
        options=()
        for ((number = 0; ; number++)); do # Spark numbers Java's options, one variable each
            variable=SPARK_JAVA_OPT_$number
            [[ -v $variable ]] || break
            options+=("${!variable}")
        done
        exec java "${options[@]}" "-Xmx$SPARK_EXECUTOR_MEMORY" -cp "$settings:$spark/jars/*" \
            org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
            --app-id "$SPARK_APPLICATION_ID" --executor-id "$SPARK_EXECUTOR_ID" --cores "$SPARK_EXECUTOR_CORES" \
            --driver-url "$SPARK_DRIVER_URL" --hostname "$SPARK_EXECUTOR_POD_IP" \
            --podName "$SPARK_EXECUTOR_POD_NAME" --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID"
        ;;
    *) exec "$root/spark-submit.sh" "$@" ;;
esac
