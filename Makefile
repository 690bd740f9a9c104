# Mon Compte Partenaire. `make help` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PAQUETS := contracts socle gateway identity-service habilitation-service cdap-service audit-service
PROJETS := $(addsuffix /pyproject.toml,$(PAQUETS))
PORTEE := contracts socle $(filter %-service gateway,$(PAQUETS)) deploy tests

.PHONY: help run up down secrets remplacer images test pile chaos sure import verify bench lock clean

help: ## Dire ce que chaque commande fait
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installe ## Tout démarrer sur cette machine (Ctrl-C arrête tout ; MCP_PORT, MCP_VAR, MCP_DEMO)
	@PYTHONPATH=deploy exec $(BIN)/python -m local

up: $(VENV)/.installe ## Tout démarrer sous Docker, en forme de production (MCP_PORT, MCP_VAR, MCP_DEMO)
	@PYTHONPATH=deploy exec $(BIN)/python -m pile monter

down: $(VENV)/.installe ## Retirer ce que make up a démarré, données comprises
	@PYTHONPATH=deploy exec $(BIN)/python -m pile descendre

secrets: $(VENV)/.installe ## Faire les secrets qui manquent, ou tourner ceux d’un service : make secrets [TOURNER=cdap|tous]
	@PYTHONPATH=deploy exec $(BIN)/python -m pile secrets $(TOURNER)

remplacer: $(VENV)/.installe ## Mettre un service en une autre version, sans arrêter la maison : SERVICE=cdap [TAG=…] [RETOUR=oui]
	@PYTHONPATH=deploy exec $(BIN)/python -m pile remplacer "$(SERVICE)" $(if $(TAG),"$(TAG)") $(if $(RETOUR),--retour)

images: $(VENV)/.installe ## Fabriquer les images (base Debian, Python, PostgreSQL, RabbitMQ, services)
	@PYTHONPATH=deploy exec $(BIN)/python -m pile images

test: $(VENV)/.outils ## Tout ce qui se prouve sur cette machine
	@exec $(BIN)/python -m pytest $(OPTIONS)

pile: $(VENV)/.outils ## Jouer sur des conteneurs les essais de la maison entière (demande Docker)
	@exec $(BIN)/python -m pytest -m conteneurs --durations=25 tests $(OPTIONS)

chaos: $(VENV)/.outils ## Toutes les pannes, pendant N consultations ; le rapport va dans var/pannes.md : make chaos N=50000 [PANNES="motif"]
	@mkdir -p "$${MCP_VAR:-var}"
	@MCP_CHAOS=1 MCP_CONSULTATIONS=$(or $(N),50000) MCP_PANNES='$(PANNES)' MCP_RAPPORT="$${MCP_VAR:-var}/pannes.md" \
	  exec $(BIN)/python -m pytest -m conteneurs tests/composition/test_pannes.py $(OPTIONS)

sure: $(VENV)/.outils ## Contrôles statiques : forme, types, couches, contrats, verrous
	$(BIN)/ruff format --check $(PORTEE)
	$(BIN)/ruff check $(PORTEE)
	$(BIN)/mypy $(addsuffix /src,socle gateway $(filter %-service,$(PAQUETS))) contracts deploy tests/atelier
	$(BIN)/lint-imports --no-cache
	$(BIN)/python deploy/verrous.py --verifier
	$(BIN)/python -m pytest -q contracts

import: $(VENV)/.installe ## Importer, que tout tourne ou non : make import FICHIERS="a.xml 'b c.yaml'" [ORGANISME=441]
	$(if $(FICHIERS),,@echo "Il faut dire quoi importer : make import FICHIERS=\"a.xml 'b c.yaml'\"" >&2; exit 2)
	@export MCP_VAR="$${MCP_VAR:-var}"; \
	$(BIN)/python -m cdap migrate; \
	exec $(BIN)/python -m cdap import $(if $(ORGANISME),--organisme $(ORGANISME)) -- $(FICHIERS)

# The witnesses are copied first: a head that is witnessed while the journal is exported would look like a truncation.
verify: $(VENV)/.installe ## Exporter le journal et le vérifier contre les témoins
	@export MCP_VAR="$${MCP_VAR:-var}"; \
	temoins="$${MCP_TEMOINS:-$$MCP_VAR/temoins}"; \
	test -d "$$temoins" || { echo "Le dossier des témoins est introuvable : $$temoins" >&2; exit 2; }; \
	copie="$$(mktemp -d)"; trap 'rm -rf "$$copie"' EXIT; \
	cp -R "$$temoins/." "$$copie"; \
	$(BIN)/python -m audit exporter --vers "$$MCP_VAR/journal.ndjson"; \
	$(BIN)/python -I audit-service/verificateur/verifier.py "$$MCP_VAR/journal.ndjson" --temoins "$$copie"

bench: $(VENV)/.outils ## Mesurer, en rapports, sur cette machine : make bench [SUJETS="importation"]
	@PYTHONPATH=tests:deploy:cdap-service/tests exec $(BIN)/python -W ignore -m charge $(SUJETS)

lock: $(VENV)/.outils ## Refaire les fichiers de verrou (demande l'accès à l'index de paquets)
	$(BIN)/python deploy/verrous.py

clean: ## Retirer l'environnement et les caches (jamais les données)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	  || { echo "Il faut Python 3.11 (python3.11 dans le PATH, ou make PYTHON=/chemin/python3.11)." >&2; exit 1; }
	@echo "Création de l'environnement $(VENV)…"
	@$(PYTHON) -m venv $(VENV)

# Our own packages come after the hashed lock and without their dependencies: --require-hashes refuses folders.
$(VENV)/.installe: requirements.txt $(PROJETS) | $(VENV)/bin/pip
	@echo "Installation des bibliothèques (une fois)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ./,$(PAQUETS))
	@touch $@

$(VENV)/.outils: requirements-dev.txt $(VENV)/.installe
	@echo "Installation des outils de test (une fois)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
