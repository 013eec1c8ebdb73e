# The only commands a person needs. What they do is in tools/.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test faults bench soak check fmt spec screenshots shell services services-stop

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run:  ## try the product here with demo data; Ctrl-C ends it (PORT=8000)
	@exec $(PYTHON) tools/run.py

test:  ## everything: checks, PostgreSQL, SQLite, browser journeys (ONLY=part, K=words)
	@exec $(PYTHON) tools/test.py

faults:  ## faults, races and leaks in their long form (about an hour)
	@FAULT_ROUNDS=100 FAULT_TICKETS=1000 MIXED_REQUESTS=2000 LEAK_EXAMPLES=60 LEAK_STEPS=30 TEST_TIMEOUT=3600 ONLY=postgres K="fault_ or trust_08 or trust_35 or mixed or leak" exec $(PYTHON) tools/test.py

bench:  ## long measurements on PostgreSQL (K=words, BENCH_TICKETS=200000)
	@exec $(PYTHON) tools/bench.py

soak:  ## a day of a support house, with faults, on the real parts (SOAK_MINUTES=20, SOAK_SEED)
	@exec $(PYTHON) tools/soak.py

check:  ## lint, format, types, imports, migrations, deploy settings
	@exec $(PYTHON) tools/check.py

fmt:  ## put the code into its one format
	@exec $(PYTHON) tools/check.py fmt

spec:  ## which tests prove which promise (FORMAT=tsv)
	@exec $(PYTHON) tools/spec.py

screenshots:  ## the README's pictures, taken anew from the demo
	@exec $(PYTHON) tools/screenshots.py

shell:  ## a Python shell on the data of `make run`
	@DEMO=1 .venv/bin/python manage.py shell

services:  ## PostgreSQL and Redis in the background, for running single tests
	@exec $(PYTHON) tools/services.py start

services-stop:  ## end them
	@exec $(PYTHON) tools/services.py stop
