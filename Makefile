# Aliases of dev.py, for hands that reach for make.
.PHONY: run test lint

run:
	python3 dev.py run

test:
	python3 dev.py test

lint:
	python3 dev.py lint
