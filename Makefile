# Everything sets itself up in .venv. Needed: Python 3.11 or later with venv, git, make.
#
#   make run      publishes the sample publication, and shows in a preview what is being written
#   make test     style, types and tests: ten to twelve minutes on two processors; CI=true: as thorough as CI
#   make judge    what browsers, feed readers, web servers and other programs say to what dispatch makes
#   make coverage which lines the tests execute
#   make mutants  whether the tests notice small changes to the code that keeps the promises
#   make crash    whether anybody gets a newsletter twice when its sender is killed, 200 times
#   make fuzz     whether anything breaks when what takes foreign text gets what nobody thought of
#
# PYTHON=python3.12 make test    takes another Python.
# TESTS="-k atom" make tests     runs some of the tests.

PYTHON ?= python3
BIN    := .venv/bin
PIP     = $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: run test check-style check-types tests judge judges coverage mutants crash fuzz wheel-test docs docs-serve pictures bench quality audit sbom freeze clean

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
judge: .venv/test .venv/docs
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory judges; fi
	@$(PYTEST) -m needs $(TESTS)

coverage: .venv/test
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --quiet --numprocesses auto --dist worksteal -m "not needs" $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# A sender of a round, killed at random; the figures are printed.
crash: .venv/test
	@DISPATCH_KILLS=200 $(BIN)/python -m pytest --quiet --capture=no tests/deliver/test_crashes.py tests/deliver/test_workers.py

# The judges of the finished editions that come from npm. Those from Debian are listed in tests/apt.txt.
judges: tests/node_modules/.installed

%/node_modules/.installed: %/package-lock.json
	@npm ci --prefix $* --silent --ignore-scripts
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
	@$(BIN)/python docs/build.py

docs-serve: .venv/docs
	@$(BIN)/python docs/build.py --serve

pictures: .venv/test docs/pictures/node_modules/.installed
	@$(BIN)/python docs/pictures/make.py

bench: .venv/test judges benchmarks/peers/node_modules/.installed benchmarks/peers/.venv/installed
	@$(BIN)/python -m benchmarks

# How well others' articles are read. QUALITY="--wrong author FOLDER" measures other files that have gold; QUALITY=--help.
quality: .venv/test
	@$(BIN)/python -m benchmarks.quality $(QUALITY)

# The site generators that the archive is measured beside, in an environment of their own.
benchmarks/peers/.venv/installed: benchmarks/peers/requirements.txt
	@$(PYTHON) -m venv --clear benchmarks/peers/.venv
	@benchmarks/peers/.venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement $<
	@touch $@

# The environments: made once, and again only when what they are made of has changed.
.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dispatch needs Python 3.11 or later")'
	@echo "Making .venv ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

# Every file that is installed has one of the hashes in requirements/, and nothing is built with what is not from there.
INSTALL = $(PIP) install --require-hashes --no-build-isolation --requirement

.venv/run: .venv/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing dispatch into .venv ..."
	@$(INSTALL) requirements/build.txt
	@$(INSTALL) requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test .venv/docs .venv/fuzz .venv/release: .venv/%: .venv/run requirements/%.txt
	@echo "Installing what make $* needs ..."
	@$(INSTALL) requirements/$*.txt
	@touch $@

# Known vulnerabilities of what is installed with dispatch; what could not be looked up is a failure.
audit: .venv/release
	@$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement requirements/run.txt

# What an installed dispatch consists of (CycloneDX), out of an environment in which nothing else is.
UV = $(BIN)/uv --quiet
sbom: .venv/release
	@mkdir -p out
	@$(UV) venv --clear out/sbom
	@$(UV) pip install --python out/sbom --require-hashes --build-constraint requirements/build.txt --requirement requirements/run.txt
	@$(UV) pip install --python out/sbom --no-deps --build-constraint requirements/build.txt .
	@sed "s/^dynamic = .*/version = \"$$($(BIN)/hatchling version)\"/" pyproject.toml >out/pyproject.toml
	@$(BIN)/cyclonedx-py environment out/sbom --pyproject out/pyproject.toml --mc-type application --output-reproducible --output-file out/sbom.cdx.json

# New versions of everything, as of today, with the hashes of all their files: for every system, and every Python from the
# given one on. No host is named. Run the tests afterwards. FREEZE= keeps the versions that fit.
FREEZE ?= --upgrade
COMPILE = $(UV) pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url $(FREEZE)
freeze: .venv/release
	@$(COMPILE) --python-version 3.11.5 pyproject.toml --group test --output-file requirements/test.txt
	@$(COMPILE) --python-version 3.11 pyproject.toml --constraint requirements/test.txt --output-file requirements/run.txt
	@$(COMPILE) --python-version 3.11 --group backend --constraint requirements/test.txt --output-file requirements/build.txt
	@$(COMPILE) --python-version 3.11.5 --group docs --constraint requirements/test.txt --output-file requirements/docs.txt
	@$(COMPILE) --python-version 3.11.5 --group fuzz --constraint requirements/test.txt --output-file requirements/fuzz.txt
	@$(COMPILE) --python-version 3.11.5 --group release --constraint requirements/test.txt --output-file requirements/release.txt
	@$(COMPILE) --python-version 3.11.5 benchmarks/peers/requirements.in --output-file benchmarks/peers/requirements.txt
	@for folder in tests docs/pictures benchmarks/peers; do \
		npm install --prefix $$folder --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --silent; done

clean:
	rm -rf .venv out public site dist tests/node_modules docs/pictures/node_modules benchmarks/peers/.venv benchmarks/peers/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
