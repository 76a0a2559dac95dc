# Everything sets itself up in .venv. Needed: Python 3.11 or later with venv, git, make.
#
#   make run      publishes the sample publication, and shows in a preview what is being written
#   make test     style, types and tests, in about five minutes; CI=true make test is as thorough as CI
#   make judge    what browsers, feed readers, web servers and other programs say to what dispatch makes
#   make coverage which lines the tests execute
#   make mutants  whether the tests notice small changes to the code that keeps the promises
#   make fuzz     whether anything breaks when what takes foreign text gets what nobody thought of
#
# PYTHON=python3.12 make test    takes another Python.
# TESTS="-k atom" make tests     runs some of the tests.

PYTHON ?= python3
BIN    := .venv/bin
PIP     = $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: run test check-style check-types tests judge judges coverage mutants fuzz wheel-test docs docs-serve pictures bench freeze clean

SITE := out/site

run: .venv/run
	@mkdir -p out
	@$(BIN)/dispatch publish --output $(SITE) >out/published || (cat out/published; false)
	@echo "The site: $(CURDIR)/$(SITE)/index.html"
	@echo "The mail: $(CURDIR)/$(SITE)/issues/what-the-drawer-remembers/email.html"
	@test ! -s out/preview.pid || kill $$(cat out/preview.pid) 2>/dev/null || true
	@rm -f out/preview
	@nohup $(BIN)/dispatch preview --no-open --idle 30 >out/preview 2>out/preview.log </dev/null & echo $$! >out/preview.pid
	@for wait in 1 2 3 4 5 6 7 8 9 10; do if test -s out/preview; then break; fi; sleep 1; done
	@echo "What is being written, in a preview that ends half an hour after you have closed it:"
	@cat out/preview

test: check-style check-types tests

check-style: .venv/test
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

check-types: .venv/test
	@$(BIN)/mypy --no-error-summary

# A process on each processor; who is done early takes over what others have left.
PYTEST := $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

tests: .venv/test
	@$(PYTEST) -m "not needs" $(TESTS)

# What browsers, feed readers and other programs say. What is missing is skipped, aloud; in CI it fails.
judge: .venv/test
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory judges; fi
	@$(PYTEST) -m needs $(TESTS)

coverage: .venv/test
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --quiet --numprocesses auto --dist worksteal -m "not needs" $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# The judges of the finished editions that come from npm. Those from Debian are listed in tests/apt.txt.
judges: tests/node_modules/.installed

%/node_modules/.installed: %/package.json
	@npm install --prefix $* --silent --no-package-lock --ignore-scripts
	@touch $@

# MUTANTS="--seed 2" draws others; MUTANTS=--help says what else there is.
mutants: .venv/test judges
	@$(BIN)/python -m mutants $(MUTANTS)

# Ten minutes for each target. FUZZ="--seconds 60 readers" fuzzes one of them for one minute; FUZZ=--help names them.
fuzz: .venv/test .venv/fuzz
	@$(BIN)/python -m fuzz $(FUZZ)

# What ships is what is tested: the wheel in an environment of its own, in a folder of its own.
wheel-test: .venv/test
	@$(BIN)/python tests/wheel.py

docs: .venv/docs
	@$(BIN)/zensical build --clean --strict

docs-serve: .venv/docs
	@$(BIN)/zensical serve

pictures: .venv/test docs/pictures/node_modules/.installed
	@$(BIN)/python docs/pictures/make.py

bench: .venv/test judges benchmarks/peers/node_modules/.installed benchmarks/peers/.venv/installed
	@$(BIN)/python -m benchmarks

# The site generators that the archive is measured beside, in an environment of their own.
benchmarks/peers/.venv/installed: benchmarks/peers/requirements.txt
	@$(PYTHON) -m venv --clear benchmarks/peers/.venv
	@benchmarks/peers/.venv/bin/python -m pip --quiet --disable-pip-version-check install --requirement $<
	@touch $@

# The environments: made once, and again only when what they are made of has changed.
.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dispatch needs Python 3.11 or later")'
	@echo "Making .venv ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/pip: .venv/python constraints.txt
	@$(PIP) install --upgrade --constraint constraints.txt pip
	@touch $@

.venv/run: .venv/pip pyproject.toml
	@echo "Installing dispatch into .venv ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/test .venv/docs .venv/fuzz: .venv/%: .venv/run
	@echo "Installing what make $* needs ..."
	@$(PIP) install --constraint constraints.txt --group $*
	@touch $@

# New versions of everything, as of today, into constraints.txt. Run the tests afterwards.
freeze:
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --upgrade pip
	@$(PIP) install --editable . --group test --group docs --group fuzz
	@$(BIN)/python -m pip freeze --all --exclude-editable --exclude setuptools > constraints.txt
	@touch .venv/python

clean:
	rm -rf .venv out public site dist tests/node_modules docs/pictures/node_modules benchmarks/peers/.venv benchmarks/peers/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
