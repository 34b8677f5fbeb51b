.DEFAULT_GOAL := help
.PHONY: help demo test check fuzz format lock clean

##@ For everybody

demo: .venv/installed-base ## Make three readers' mails in var/outbox/; with LIVE=1 of today's papers
	@.venv/bin/digest demo $(if $(LIVE),--live)

test: .venv/installed-dev ## Run every test
	@script/test

##@ For those who change it

check: .venv/installed-dev ## Run what CI runs short of the tests: style, types, layers, templates, migrations
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --check --lint --quiet templates
	.venv/bin/python -m digest db check --models

fuzz: .venv/installed-dev ## Send the web process 10,000 requests of every kind; or REQUESTS=n, again with SEED=n
	REQUESTS=$(or $(REQUESTS),10000) SEED=$(SEED) .venv/bin/python -m pytest --timeout=0 tests/web/test_fuzz.py

format: .venv/installed-dev ## Put the code and the templates into the house style
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	.venv/bin/djlint --reformat --quiet templates

lock: ## Resolve the dependencies again and pin them by hash (needs uv)
	script/lock

clean: ## Remove what was installed and made; var/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed-base: requirements/base.txt pyproject.toml script/install
	@script/install base

.venv/installed-dev: requirements/dev.txt pyproject.toml script/install
	@script/install dev
