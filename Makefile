# make html            build the site from the sources and the committed records
# make eval            run the notebooks again, and store what they print and draw
#   TAB=jax              one framework instead of all four
#   FULL=1               without the caps of config.ini: as the text says
# make publish         build all that readers get, in _build/html: the site, PDFs, EPUBs, notebooks
#                      and slides; fails unless every record is of today's cells and library
# make pictures        take the pictures of README.md
# make linkcheck       ask the book's links whether they answer
# make test            everything that must hold: lint, types, tests in every environment
# make bench           measure what README.md quotes
# make clean           remove what was built (not the environments)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
TABS := pytorch tensorflow jax mxnet
TAB ?= all
ifeq ($(filter $(TAB),all $(TABS)),)
$(error TAB=$(TAB) is none of: all $(TABS))
endif
BOOK := .envs/book/bin
D2LBOOK := $(BOOK)/d2lbook
PYTEST := -m pytest -q
# Versions that were tried together; setup.py has the ranges that are supported.
PIP_INSTALL := install --quiet --quiet --disable-pip-version-check --constraint ci/constraints.txt

.PHONY: html eval publish pictures linkcheck test lint types bench clean system $(TABS:%=test-%) test-book
.DELETE_ON_ERROR:

html: .envs/book/ready
	$(D2LBOOK) build html

eval: .envs/book/ready $(if $(filter all,$(TAB)),$(TABS:%=.envs/%/ready),.envs/$(TAB)/ready)
	$(D2LBOOK) build eval --tab $(TAB) $(if $(FULL),--full)

publish: .envs/book/ready
	$(D2LBOOK) build tabcheck outputcheck lib eval --check --tab all
	@ci/system-packages $$($(BOOK)/python -c "from d2lbook.publish.pdf import PACKAGES; print(PACKAGES)")
	$(D2LBOOK) build pdf epub pkg slides html --tab all

pictures: system .envs/book/tests-ready
	@ci/system-packages poppler-utils
	$(D2LBOOK) build pdf html
	$(BOOK)/python ci/pictures.py

linkcheck: .envs/book/ready
	$(D2LBOOK) build linkcheck

test: system lint types test-book $(TABS:%=test-%)
	@echo "All tests passed, in the tool's environment and in those of: $(TABS)."

lint: .envs/book/tests-ready
	$(BOOK)/ruff check
	$(BOOK)/ruff format --check
	$(BOOK)/actionlint

types: .envs/book/tests-ready
	$(BOOK)/mypy

# The book's own tests run its notebooks, and so need every environment.
test-book: .envs/book/tests-ready $(TABS:%=.envs/%/ready)
	$(BOOK)/python $(PYTEST) tests/tool tests/site tests/book

$(TABS:%=test-%): test-%: .envs/%/ready
	.envs/$*/bin/python $(PYTEST) tests/library

bench: system .envs/book/tests-ready $(TABS:%=.envs/%/ready)
	@mkdir -p _build
	@bash -o pipefail -ec '{ \
	   for tab in $(TABS); do .envs/$$tab/bin/python benchmarks/train.py; done; \
	   for tab in $(TABS); do .envs/$$tab/bin/python benchmarks/library.py; done; \
	   for name in build serve large_book; do $(BOOK)/python benchmarks/$$name.py; done; \
	   } | tee _build/results.txt'
	@mv _build/results.txt benchmarks/results.txt
	$(BOOK)/python benchmarks/readme.py

clean:
	rm -rf _build

# What `build pdf` names where it is missing, and what its tests and those of EPUBs need beside it.
PRINT := texlive-xetex texlive-latex-extra texlive-fonts-recommended latexmk fontconfig \
  fonts-texgyre fonts-texgyre-math fonts-dejavu-core fonts-freefont-otf librsvg2-bin
PRINT_TESTS := texlive-lang-cjk texlive-lang-chinese fonts-wqy-microhei epubcheck default-jre-headless

# One virtual environment for the tool, and one for each tab.
.envs/book/ready: setup.py ci/constraints.txt
	@echo "Setting up .envs/book (once; a minute or two) …"
	@$(PYTHON) -m venv .envs/book
	@.envs/book/bin/python -m pip $(PIP_INSTALL) --editable '.[book]'
	@touch $@

.envs/book/tests-ready: .envs/book/ready
	@echo "Adding what the tests need to .envs/book …"
	@.envs/book/bin/python -m pip $(PIP_INSTALL) --editable '.[book,dev]'
	@touch $@

$(TABS:%=.envs/%/ready): .envs/%/ready: setup.py ci/constraints.txt
	@echo "Setting up .envs/$* (once; a few minutes) …"
	@$(PYTHON) -m venv .envs/$*
	@.envs/$*/bin/python -m pip $(PIP_INSTALL) --editable '.[$*,test]'
	@touch $@

system:
	@ci/system-packages chromium dataset-fashion-mnist $(PRINT) $(PRINT_TESTS)
