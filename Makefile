# Digitlab: `make` lists the targets. Each makes or repairs the environment in .env/ first, where it has to.
# Needed: make, Go 1.26 or newer, Python 3.11 or newer with venv. tools/setup says what is missing.

IN = ./tools/setup

# NOTEBOOK=03_training: that one alone. FORCE=1: unchanged ones too.
NOTEBOOK =
FORCE =

# PEERS_FLAGS='-only adam -rounds 1', PEERS_FLAGS='-spark -go': what `go run ./tools/peers -help` lists.
PEERS_FLAGS =

# LAB_FOLDER=DIR: JupyterLab on another folder; it begins with notebooks/README.md there, or README.md, if there is one.
# LAB_FLAGS: more flags for it, such as --ServerApp.log_level=INFO.
LAB_FOLDER = .
LAB_FLAGS =

.PHONY: help setup spark spark-barrier slurm-check bench-mpi browser bench-peers lab reports pdf test race data container-check strip lock clean

help:
	@echo 'make reports          get the data, run every notebook, export it to reports/ (NOTEBOOK=03_training: that one; FORCE=1: unchanged ones too)'
	@echo 'make pdf              the exported reports as PDF into reports/pdf/ (needs Chromium)'
	@echo 'make test             the whole test suite'
	@echo 'make race             the short tests under the race detector (needs a C compiler; 15 minutes)'
	@echo 'make lab              get the data, open JupyterLab on notebooks/'
	@echo 'make data             get MNIST into data/'
	@echo 'make setup            make or repair the environment in .env/'
	@echo 'make spark            the real Spark into .env/, for the tests that compare with it (590 MB, needs Java 17)'
	@echo 'make browser          what looks at the pages in a browser into .env/, for its tests (50 MB, needs Chromium, Node and Java)'
	@echo 'make bench-peers      Digitlab beside PyTorch, JAX and scikit-learn: figures into reports/benchmarks.md (2 GB the first time, half an hour of a quiet machine)'
	@echo 'make bench-mpi        what ranks pay for a sum beside MPI itself, in one machine and between namespaces (Open MPI, root)'
	@echo 'make slurm-check      train on a Slurm of two nodes in this machine: stopped, queued again, the same weights (root)'
	@echo 'make spark-barrier    train on ranks that a barrier stage of Spark places (MPICH)'
	@echo 'make container-check  build the Dockerfile and run a notebook in it without a network'
	@echo 'make strip            take the outputs out of the notebooks, as they are kept in git'
	@echo 'make lock             pin the newest Python packages that tools/requirements.in allows (needs uv)'
	@echo 'make clean            remove .env/ and what tests leave; data/ and runs/ stay'

setup:
	@echo 'setup: the environment in .env/'
	@$(IN)

spark:
	@echo 'spark: the real Spark into .env/spark/ (half a minute)'
	@$(IN) ./tools/spark

browser:
	@echo 'browser: playwright-core, axe-core and the HTML checker into .env/browser/'
	@$(IN) ./tools/browser/setup

bench-peers: data
	@echo 'bench-peers: PyTorch, JAX and scikit-learn into .env/peers/ (a few minutes the first time), then the measurement'
	@$(IN) ./tools/peers/setup
	@$(IN) go run ./tools/peers $(PEERS_FLAGS)

lab:
	@$(IN) go run ./datagen || echo 'lab: MNIST could not be fetched; notebooks that need it will say so' >&2
	@echo 'lab: JupyterLab on the notebooks; where no browser opens by itself, open the address below. Ctrl-C twice ends it'
	@page=/lab; for file in README.md notebooks/README.md; do [ ! -f '$(LAB_FOLDER)'/$$file ] || page=/lab/tree/$$file; done; \
	$(IN) python3 -m jupyterlab --ServerApp.root_dir='$(LAB_FOLDER)' --ServerApp.allow_root=True --LabApp.default_url=$$page $(LAB_FLAGS)

reports: data
	@echo 'reports: running the notebooks and exporting them to reports/'
	@$(IN) go run ./reports $(if $(NOTEBOOK),-notebook '$(NOTEBOOK)') $(if $(FORCE),-force)

pdf:
	@echo 'pdf: the pages in reports/ as PDF into reports/pdf/'
	@$(IN) go run ./reports -pdf

data:
	@echo 'data: MNIST into data/'
	@$(IN) go run ./datagen

# Without the data the tests that need them are skipped, and the summary says so.
test:
	@echo 'test: formatting, go vet, the tests in single and in double precision'
	@$(IN)
	@$(IN) go run ./datagen || { echo 'test: there are no data: what needs them is skipped' >&2; [ "$$DIGITLAB_REQUIRE" != all ]; }
	@$(IN) go run ./tools/suite

# What drives browsers, clusters and notebooks starts programs that the detector does not see.
race:
	@echo 'race: the short tests of datagen, nnlib and the tools in Go, under the race detector (15 minutes)'
	@$(IN) go test -race -short -timeout 30m ./datagen ./nnlib/... ./tools/suite ./tools/peers

bench-mpi:
	@echo 'bench-mpi: sums of gradients on 2 to 4 ranks; medians in microseconds (two minutes)'
	@$(IN) go test -run '^$$' -bench Communication -benchtime 1x ./nnlib/comm/mpi

slurm-check:
	@echo 'slurm-check: a Slurm of two nodes in this machine (a minute or two)'
	@$(IN) env DIGITLAB_REQUIRE=all go test -count 1 -v -run Slurm ./tools/cluster

spark-barrier: spark
	@echo 'spark-barrier: two ranks on a local-cluster of Spark (a minute)'
	@$(IN) env DIGITLAB_REQUIRE=all go test -count 1 -v -run SparkBarrier ./tools/cluster

container-check:
	@echo 'container-check: building the Dockerfile and running a notebook in it without a network'
	@./tools/container-check

strip:
	@echo 'strip: taking outputs out of notebooks/'
	@$(IN) python3 reports/notebook.py strip notebooks/*.ipynb

lock:
	@echo 'lock: tools/requirements*.txt from tools/requirements*.in'
	@for f in requirements requirements-spark requirements-peers; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --excludes tools/requirements-peers.without tools/$$f.in -o tools/$$f.txt || exit 1; \
	done

clean:
	@echo 'clean: removing .env/ and what tests leave; data/ and runs/ stay'
	@rm -rf .env
	@find . -path ./data -prune -o -path ./runs -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints -o -name '*.test' -o -name '*.prof' \) -print | while read -r f; do rm -rf "$$f"; done
