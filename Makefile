# Two commands: `make validate` (set-up and the main job) and `make test` (set-up and all tests).
# `make validate TASK=name` adds what another task needs, and runs it against its production code.
TASK ?= spins
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# One thread, set before numpy loads: the timing protocol asks for it, and two libraries with two threads each are slower.
export OMP_NUM_THREADS ?= 1
EXTRAS = test,lint,nmr,browser,cluster,octave,peers,kstep,tddft
OTHER_TASK = $(filter-out spins,$(TASK))
TASKS = $(sort $(notdir $(patsubst %/task.py,%,$(wildcard harness/tasks/*/task.py))))
PIP_INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check

# Seconds for all tests together, and for one of them. A test that waits for ever fails with its stack (by a signal: the
# worker and what it still has to do live on); one that waits inside compiled code ends with the whole run.
TEST_LIMIT_S ?= 7200
ONE_TEST_LIMIT_S ?= 900
LIMIT = $(shell timeout --foreground -k 60 60 true 2>/dev/null && echo timeout --foreground -k 60 $(TEST_LIMIT_S))
# pytest-xdist starts another worker for one that died, and then may wait for ever: without restarts the run ends.
WORKERS = -n auto --dist loadgroup --max-worker-restart 0

.PHONY: validate test lint clean help
help:
	@echo "make validate   set up .venv, compare the surrogate with what Spinach said, write reports/<run>/report.html"
	@echo "                TASK=name for another task than spins (tasks: $(TASKS))"
	@echo "make test       set up .venv with the test extras, run every test, for $(TEST_LIMIT_S) s at most (TEST_LIMIT_S=...)"
	@echo "make lint       ruff and pyright"

validate: $(VENV)/.ready $(OTHER_TASK:%=$(VENV)/.ready-for-%)
	@reference=$(if $(OTHER_TASK),$$($(BIN)/harness tasks $(TASK) --field production),spinach) || exit 2; \
	reports() { ls reports/*/report.html 2>/dev/null | wc -l; }; before=$$(reports); \
	$(BIN)/pytest harness/ --validate-against "$$reference" || { status=$$?; \
	  if [ $$status = 1 ] && [ $$(reports) -gt $$before ]; then \
	    echo "The run is complete; exit status 1 means that targets were missed, see the report. Nothing is broken."; \
	  fi; exit $$status; }

test: $(VENV)/.ready-test
	@$(LIMIT) $(BIN)/pytest tests/ $(WORKERS) --timeout $(ONE_TEST_LIMIT_S) --timeout-method signal $(PYTEST_ARGS) || { \
	  status=$$?; \
	  case $$status in 124|137) echo; echo "The tests were stopped: they had not ended after $(TEST_LIMIT_S) s (TEST_LIMIT_S=...).";; \
	  esac; exit $$status; }

lint: $(VENV)/.ready-test
	@$(BIN)/ruff check .
	@$(BIN)/pyright --pythonpath $(BIN)/python

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "missing: Python 3.11 or newer as '$(PYTHON)' (set PYTHON=...)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "missing: the venv module of $(PYTHON) (Debian: apt install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml | $(VENV)/bin/pip
	@echo "setting up $(VENV) (some minutes where nothing is downloaded yet)"
	@$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.ready-test: pyproject.toml $(VENV)/.ready
	@echo "adding what the tests need to $(VENV)"
	@$(PIP_INSTALL) -e ".[$(EXTRAS)]"
	@command -v octave-cli >/dev/null || echo "missing: octave-cli (Debian: apt install octave); tests that need it are skipped"
	@touch $@

# The packages of a task are the optional extra of its name.
$(VENV)/.ready-for-%: pyproject.toml $(VENV)/.ready
	@test -f harness/tasks/$*/task.py || { echo "missing: there is no task '$*' (known: $(TASKS))"; exit 2; }
	@echo "adding what the task $* needs to $(VENV)"
	@$(PIP_INSTALL) -e ".[$*]"
	@touch $@

clean:
	@rm -rf $(VENV) build dist .pytest_cache .ruff_cache
