# Aliases of dev.py, for hands that reach for make.
.PHONY: run test lint cluster faults bench rehearse-queue triage-report i18n-report

run:
	python3 dev.py run

test:
	python3 dev.py test

lint:
	python3 dev.py lint

# make faults ARGS="--messages 10000 --seed 7 --on cluster"
faults:
	python3 -c 'import dev; dev.prepare("dev.txt")'
	.venv/bin/python -m tests.faults $(ARGS)

# More words go behind it: make cluster WITH="--nodes 3 --tls"
cluster:
	python3 dev.py cluster $(WITH)

# make bench WITH="relay postgresql --quick"
bench:
	python3 dev.py bench $(WITH)

# How far each language of the callers' pages is: make i18n-report WITH="--missing"
i18n-report:
	python3 dev.py i18n-report $(WITH)

# The phrase guard on our own phrases, or on others: make triage-report FILES="a.csv b.csv"
FILES = --strict triage/content/es-PE/phrases-dev.csv
triage-report:
	python3 -c 'import dev; dev.prepare("run.txt")'
	HOTLINE_DEMO=1 .venv/bin/python -m hotline triage-report $(FILES)

# A week of calls through the real queue and routing: make rehearse-queue ARGS="--volunteers 8"
rehearse-queue:
	python3 -c 'import dev; dev.prepare("dev.txt")'
	HOTLINE_DEMO=1 .venv/bin/python -m hotline rehearse-queue $(ARGS)
