# Every command of the project. `make help` lists them.
ifeq (,$(filter 3.8% 3.9% 4.% 5.%,$(MAKE_VERSION)))
$(error This Makefile needs GNU make 3.81 or newer, and this is "$(MAKE_VERSION)": install GNU make and run it (it may be called gmake))
endif

PYTHON ?= python3
ifeq ($(OS),Windows_NT)
RUN := .venv/Scripts/python
else
RUN := .venv/bin/python
endif
NOTEBOOKS := $(wildcard notebooks/*.py)
SETUP = @command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python is missing: install Python 3.11 or newer, or name it: make $@ PYTHON=/path/to/python3" >&2; exit 1; }; $(PYTHON) tools/environment/bootstrap.py

# Tools keep their caches and settings inside the project, not in the home folder.
export IPYTHONDIR := $(CURDIR)/build/home/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/build/home/jupyter
export JUPYTER_DATA_DIR := $(CURDIR)/build/home/jupyter-data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/build/home/jupyter-runtime
export MPLCONFIGDIR := $(CURDIR)/build/home/matplotlib
export npm_config_cache := $(CURDIR)/build/home/npm
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.PHONY: help book pdf epub test lab data rehearsal lint doctor workshop lock audit bench clean distclean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F '\t' '{ printf "  make %-9s %s\n", $$1, $$2 }'

book:  ## make the environment, get the data, run every chapter, write the site to build/site
	@echo "make book: environment, data, every chapter, site. About 25 minutes the first time on two cores, seconds when nothing changed."
	$(SETUP) --needs node
	@$(RUN) -m casebook.data fetch
	@$(RUN) -m tools.site.build

pdf:  ## print the whole book as one PDF, from the built site (needs a Chromium)
	@echo "make pdf: build/site/prerelease.pdf. About half a minute once the site is built."
	$(SETUP) --needs node
	@test -f build/site-made-from || $(MAKE) book
	@$(RUN) -m tools.site.pdf

epub:  ## pack the whole book as an ePub, from the built site
	@echo "make epub: build/site/prerelease.epub. About ten seconds once the site is built."
	$(SETUP) --needs node
	@test -f build/site-made-from || $(MAKE) book
	@$(RUN) -m tools.site.epub

test:  ## run every test (needs the environment, the data and a built site, and makes what is missing)
	@echo "make test: unit, notebook and site tests. About 20 minutes on two cores, after what is missing is made."
	$(SETUP) --needs node
	@$(RUN) -m casebook.data fetch
	@test -f build/site-made-from || PRERELEASE_MODE=quick $(RUN) -m tools.site.build
	@$(RUN) -m pytest -n 2 --cov --cov-report=term:skip-covered $(TEST_OPTIONS)

lab:  ## open the chapters in JupyterLab
	@echo "make lab: JupyterLab on the chapters, in your browser. About 10 seconds, once the data are here; Ctrl-C ends it."
	$(SETUP)
	@$(RUN) -m casebook.data fetch
	@$(RUN) -m tools.site.lab
	@$(RUN) -m jupyter lab --LabApp.default_url=/lab/tree/build/lab $(LAB_OPTIONS)

data:  ## get the data, or check the copy that is there
	@echo "make data: two data sets, 160 MB. Half a minute the first time, then two seconds."
	$(SETUP)
	@$(RUN) -m casebook.data fetch

rehearsal:  ## run the release on a stream of payments: service, database, labels, alarms, kill switch
	@echo "make rehearsal: four streams with real parts. Less than ten minutes on two idle cores; Ctrl-C leaves nothing half-written."
	$(SETUP)
	@$(RUN) -m casebook.data fetch
	@$(RUN) -m casebook.rehearsal run

lint:  ## check style, the rules that notebooks keep, and the workflows
	@echo "make lint: style, notebook rules, workflows. About 5 seconds."
	$(SETUP)
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m tools.lint.notebooks $(NOTEBOOKS)
	@$(dir $(RUN))zizmor --quiet --offline --no-progress .github/workflows

workshop:  ## put notebooks, slides, site, data and doctor into build/workshop, to hand out
	@echo "make workshop: one folder and two zip files. About 1 minute once the site is built."
	$(SETUP) --needs node
	@$(RUN) -m casebook.data fetch
	@test -f build/site-made-from || PRERELEASE_MODE=quick $(RUN) -m tools.site.build
	@$(RUN) -m tools.teach.make_workshop $(WORKSHOP_OPTIONS)

doctor:  ## say in ten seconds whether this computer is ready, and what to do if not
	@$(PYTHON) tools/environment/doctor.py

lock:  ## resolve pyproject.toml into requirements/ and environment.yml again
	@echo "make lock: exact versions for every supported Python. About 30 seconds."
	$(SETUP)
	@$(RUN) -m tools.environment.lock $(LOCK_OPTIONS)

audit:  ## look the exact versions up among known vulnerabilities (needs the network)
	@echo "make audit: known vulnerabilities. About 30 seconds."
	$(SETUP)
	@$(RUN) -m tools.environment.audit

bench:  ## measure speed and memory against the usual tools
	@echo "make bench: ratios in one run. About 15 minutes; Evidently gets an environment of its own under build/."
	$(SETUP)
	@$(RUN) -m casebook.data fetch
	@$(RUN) -m tools.site.benchmarks

distclean: clean
	@rm -rf .venv data && echo "Removed .venv/ and data/."

clean:  ## remove what was built (the environment and the data stay; make distclean removes them too)
	@rm -rf build && echo "Removed build/."

