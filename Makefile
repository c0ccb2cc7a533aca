# make run · make test · make test-fast · make lint · make format · make words · make bench · make bench-smoke · make screenshots
# Each target installs what it needs the first time, and again when the requirements change.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Else each start of the site would compile it anew, and each run of the trials the trials.
export PYTHONDONTWRITEBYTECODE :=

# Known holes in what the site installs; without network, one line says that nobody looked.
AUDIT := if $(PY) -c 'import urllib.request; urllib.request.urlopen("https://pypi.org/pypi/pip/json", timeout=5)' 2>/dev/null; \
	then $(PY) -m pip_audit --requirement requirements.txt --disable-pip --progress-spinner off; \
	else echo "pip-audit : pypi.org ne répond pas, les failles connues n'ont pas été cherchées."; fi

.PHONY: run test test-fast lint format words bench bench-smoke screenshots
.SILENT:

run: $(VENV)/.run
	STREAMLIT_SERVER_ADDRESS=$${STREAMLIT_SERVER_ADDRESS:-127.0.0.1} exec $(PY) -m streamlit run app.py

test: $(VENV)/.dev chromium nginx
	$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-fast: $(VENV)/.dev
	$(PY) -m pytest -n auto --dist loadfile -m "not browser and not slow"

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(AUDIT)

format: $(VENV)/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# The catalogue of all that the site says, from the code; what is reworded in it stays.
words: $(VENV)/.dev
	$(PY) -m mots

bench: $(VENV)/.dev var/datasette/.made
	$(PY) -m benchmarks.find
	$(PY) -m benchmarks

# The pictures of the guides, from the demo as it runs now.
screenshots: $(VENV)/.dev chromium
	$(PY) -m docs.screenshots

# Without Datasette, where no network gives it, what is compared with it is left out.
bench-smoke: $(VENV)/.dev
	$(MAKE) var/datasette/.made || echo "Datasette n'a pas pu être installé : ce site n'est pas comparé à lui."
	$(PY) -m benchmarks --smoke

# A site of others that is measured beside this one: its libraries stay apart from ours.
var/datasette/.made: benchmarks/requirements.txt
	mkdir -p var
	$(PYTHON) -m venv var/datasette
	var/datasette/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus récent est nécessaire ; écrivez : make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $(VENV)/.run $@

# Without it the trials of several machines are skipped, and say so.
.PHONY: nginx
nginx:
	if ! command -v nginx >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get install -y -qq --no-install-recommends nginx-light >/dev/null || true; fi

.PHONY: chromium
chromium:
	if ! command -v chromium >/dev/null && [ -z "$$CONSO_CHROMIUM" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else echo "Les essais dans un navigateur demandent Chromium : installez-le (Debian : apt install chromium), ou donnez son chemin dans CONSO_CHROMIUM." >&2; exit 1; fi; fi
