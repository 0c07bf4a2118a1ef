# See `make help`. The work is done by the scripts; this only gives them names. Variables on make's command line
# reach them through the environment.

.DEFAULT_GOAL := help
.PHONY: help demo test lint setup stop clean

help: ## this text
	@echo 'Targets'
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  make \1#\2/p' Makefile | awk -F'#' '{ printf "%-18s%s\n", $$1, $$2 }'
	@echo
	@echo 'Variables, as in "make demo SERVE=0"'
	@sed -n 's/^# var \([A-Z_]*\): \(.*\)/  \1#\2/p' Makefile | awk -F'#' '{ printf "%-18s%s\n", $$1, $$2 }'
	@echo
	@echo 'scripts/odoo, scripts/pg and the other scripts say at their top what they do.'

# var SERVE: demo: 0 ends after the settlement instead of serving
# var PORT: demo: where to serve, if not on 8069
# var RESET: demo: 1 starts over with a new database
# var ARGS: test: arguments for pytest, e.g. ARGS='-k settlement -x' or ARGS=tests/test_seal.py
# var KEEP: test: 1 updates the databases of the last time instead of making them anew
# var LINT: test: 0 leaves the linters out
# var ODOO_SOURCE: all: the folder of an Odoo 19.0 to use instead of Debian's package
# var PYTHON: all: the Python (3.11 to 3.13) to make the virtual environment of

demo: ## settle the worked example in a real Odoo, print it, and serve it until Ctrl-C
	@scripts/demo

test: ## linters and all tests, alone and beside other add-ons for sales, with coverage
	@scripts/test $(ARGS)

lint: ## linters only
	@scripts/lint

.PHONY: bench bench-peer
bench: ## measure settlements of several sizes, beside what plain SQL and plain Odoo take
	@scripts/bench

bench-peer: ## settle the same quarter with the nearest open add-on as well, and compare
	@scripts/bench-peer

setup: ## only what both need: Odoo, virtual environment, database cluster
	@scripts/setup

stop: ## stop the database cluster and every server of this tree
	@scripts/clean stop

clean: ## stop, and remove everything that was made
	@scripts/clean
