# make cifar10    trains on CIFAR-10          make test        runs the whole test suite
# make finetune   goes on from that           make gradients   one step, and where its gradients are
#
# Each makes its own virtual environment in .venv on the first call and goes straight to work on
# the next. Needed: Python 3.11 or newer, pip, make. With a C compiler the kernels are compiled.
#
# Another interpreter, read when .venv is made:  make test PYTHON=python3.13
# Arguments pass through:                        make test ARGS="-k conv2d -x"
#                                                make cifar10 ARGS="--resume runs/..."
#                                                make finetune ARGS="--checkpoint runs/..."

VENV := .venv
NATIVE := minitorch/kernels/native
CORE := minitorch/autograd
PY := $(VENV)/bin/python
PYTHON ?=
ARGS ?=
# make sanitize SANITIZER=thread looks for races instead.
SANITIZER ?= address,undefined
SANITIZER_LIBRARY = $(if $(filter thread,$(SANITIZER)),libtsan.so,libasan.so)
SANITIZED = build/$(firstword $(subst $(comma), ,$(SANITIZER)))
comma := ,
CONFIG ?= configs/cifar10_quick.toml

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help cifar10 finetune gradients test parity conformance coverage lint format types smoke sanitize bench notebooks docs clean

help:
	@echo 'make cifar10     train the split AlexNet on CIFAR-10, about three minutes'
	@echo 'make finetune    give the network of the newest run a new last layer for two classes'
	@echo 'make gradients   one training step: which tensors get a gradient, and why'
	@echo 'make test        run the whole test suite'
	@echo 'make parity      add PyTorch (750 MB), so that make test also compares with it'
	@echo 'make conformance run the databases of PyTorch itself, write docs/conformance.md'
	@echo 'make coverage    run the tests and show the lines they miss'
	@echo 'make lint        ruff, and the format it would give'
	@echo 'make format      rewrite the files in that format'
	@echo 'make types       mypy --strict'
	@echo 'make smoke       the ten seconds of tests that pre-commit runs'
	@echo 'make sanitize    test what is in C for reads and writes beyond its memory'
	@echo 'make bench       time and memory beside PyTorch, write docs/benchmarks.md; about 20 minutes'
	@echo 'make notebooks   execute docs/notebooks and write them anew, about a minute'
	@echo 'make docs        build the site of all pages and the API into build/site'
	@echo 'make clean       remove .venv and caches (data/ and runs/ stay)'

# Runs a program that Ctrl-C stops in its own time. The shell waits for it, as it has a trap, and 130,
# said by what was stopped on purpose, is no error of make.
stoppable = @trap : INT TERM; $(PY) -m $(1) || test $$? -eq 130

cifar10: $(VENV)/installed-cifar10
	$(call stoppable,examples.cifar10.train $(if $(findstring --resume,$(ARGS)),,--config $(CONFIG)) $(ARGS))

finetune: $(VENV)/installed-cifar10
	$(call stoppable,examples.cifar10.finetune $(ARGS))

gradients: $(VENV)/installed-cifar10
	@$(PY) -m examples.cifar10.gradients $(ARGS)

test: $(VENV)/installed-test
	$(PY) -m pytest -n auto $(ARGS)

coverage: $(VENV)/installed-test
	$(PY) -m coverage run -m pytest $(ARGS)
	$(PY) -m coverage report

parity: $(VENV)/installed-parity

conformance: parity
	$(PY) -m tests.conformance $(ARGS)

lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(VENV)/installed-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(VENV)/installed-dev
	$(PY) -m mypy

smoke: $(VENV)/installed-test
	$(PY) -m pytest -q -x tests/test_smoke.py tests/test_house_rules.py $(ARGS)

# Apart from the checkout, so that its own kernels stay as they are: the path leads every process there
# first, those that tests start, too. GCC's libraries have to be there before Python is.
sanitize: $(VENV)/installed-test
	CFLAGS='-g -fno-omit-frame-pointer -fsanitize=$(SANITIZER)' LDFLAGS='-fsanitize=$(SANITIZER)' \
	  $(PY) setup.py --quiet build --debug --build-base $(SANITIZED) --build-lib $(SANITIZED)/lib
	LD_PRELOAD="$$(gcc -print-file-name=$(SANITIZER_LIBRARY)) $$(gcc -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1:die_after_fork=0 \
	  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 PYTHONMALLOC=malloc \
	  PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/$(SANITIZED)/lib:$(CURDIR) \
	  $(PY) -m pytest -q -x -o 'pythonpath=$(SANITIZED)/lib .' tests/kernels tests/autograd \
	  -k 'native or (autograd and not pytorch)' $(ARGS)

# PyTorch is compared with where `make parity` has installed it.
bench: $(VENV)/installed-test
	$(PY) -m benchmarks.table $(ARGS)

notebooks: $(VENV)/installed-notebooks
	$(PY) docs/notebooks/execute.py $(ARGS)

# Warnings are errors: a link that leads nowhere, a name that the reference does not know.
docs: $(VENV)/installed-docs
	$(PY) -m sphinx --quiet -j auto -W --keep-going -c docs -d build/doctrees . build/site $(ARGS)
	@echo 'open build/site/index.html; the live page runs from a server alone:'
	@echo 'python3 -m http.server --directory build/site'

clean:
	rm -rf $(VENV) build docs/api/*.rst docs/api/.*.tmp *.egg-info $(NATIVE)/_native.*.so minitorch/core/_hot.*.so .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp per extra: installed again only when pyproject.toml or what is compiled changes. Editable,
# so that .venv never holds an old copy of the package; the compiled kernels lie beside their sources.
$(VENV)/installed-%: pyproject.toml setup.py $(wildcard $(NATIVE)/src/* $(CORE)/src/*) | $(PY)
	@echo 'setting up $(VENV) for $* (once) ...'
	$(PY) -m pip install --quiet --editable '.[$*]'
	@$(PY) -m minitorch | grep '^kernels:'
	@touch $@

# A wrong interpreter is refused here, with what to do. Debian leaves ensurepip out of its Python,
# then pip fetches itself.
$(PY):
	@for name in $(if $(PYTHON),'$(PYTHON)',python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo 'minitorch needs Python 3.11 or newer; $(or $(PYTHON),python3) is missing or older.' >&2; \
	  echo 'Install one, or name it: make $(or $(MAKECMDGOALS),test) PYTHON=/path/to/python3.11' >&2; exit 1; \
	fi; \
	echo "making $(VENV) with $$("$$found" --version)"; \
	if "$$found" -c 'import ensurepip' 2>/dev/null; then "$$found" -m venv --clear $(VENV); \
	else "$$found" -m venv --clear --without-pip $(VENV) && "$$found" -m pip --python $(PY) install --quiet pip; \
	fi || { rm -rf $(VENV); exit 1; }
