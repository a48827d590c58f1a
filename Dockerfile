# Digitlab in a container: JupyterLab with the Go kernel and the notebooks.
#
#	docker build -t digitlab .
#	docker run --rm --init -p 127.0.0.1:8888:8888 digitlab
#
# The address with the token is on the terminal. Nothing runs as root, and any user of group 0 can run it.
ARG GO_IMAGE=golang:1.26-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

# The Go tools, from go.mod and go.sum alone.
FROM ${GO_IMAGE} AS go
WORKDIR /home/digitlab/digitlab
COPY go.mod go.sum ./
COPY tools/setup tools/
COPY tools/gonb tools/gonb/
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod \
	umask 002 && tools/setup -only go && chmod -R g=u .env

# The Python packages, from their lock alone.
FROM ${BASE_IMAGE} AS python
RUN apt-get update && apt-get install -qy --no-install-recommends ca-certificates python3 python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /home/digitlab/digitlab
COPY tools/setup tools/requirements.txt tools/
RUN --mount=type=cache,target=/home/digitlab/digitlab/.env/cache \
	umask 002 && tools/setup -only python && chmod g=u .env && chmod -R g=u .env/python .env/stamps

FROM ${BASE_IMAGE}
# openmpi-bin (71 MB) is for notebook 11_machines, which starts ranks by mpirun.
RUN apt-get update && apt-get install -qy --no-install-recommends ca-certificates make openmpi-bin python3 && rm -rf /var/lib/apt/lists/* \
	&& useradd --uid 1000 --gid 0 --home-dir /home/digitlab --no-create-home --shell /bin/bash digitlab \
	&& install -d -o 1000 -g 0 -m 0775 /home/digitlab /home/digitlab/digitlab
COPY --from=go /usr/local/go /usr/local/go
ENV HOME=/home/digitlab PATH=/usr/local/go/bin:${PATH} GOTOOLCHAIN=local GOFLAGS=-modcacherw
WORKDIR /home/digitlab/digitlab
COPY --from=python --chown=1000:0 /home/digitlab/digitlab/.env .env
COPY --from=go --chown=1000:0 /home/digitlab/digitlab/.env .env
COPY --chown=1000:0 . .
USER 1000:0
# The kernel for this place, and a build cache that is warm for what the notebooks import.
RUN umask 002 && tools/setup && test -f .env/stamps/cache && chmod -R g=u "$HOME/go" "$HOME/.cache" && find . -path ./.env -prune -o -exec chmod g=u {} +

EXPOSE 8888
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
	CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["tools/setup", "python3", "-m", "jupyterlab", "--ServerApp.ip=0.0.0.0", "--ServerApp.open_browser=False", \
	"--ServerApp.answer_yes=True", "--ServerApp.root_dir=."]
