# Every command of the template repository. uv is fetched into .tools/ where it is missing.
UV := $(or $(shell command -v uv 2>/dev/null),$(CURDIR)/.tools/bin/uv)
# the machine's own certificates, where it has them: behind a company's proxy those of uv and npm will not do
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
export UV_SYSTEM_CERTS ?= $(if $(CERTIFICATES),true,false)
ifneq ($(CERTIFICATES),)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

.PHONY: help demo test matrix check format bench newest lock release

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: build/demo  ## render the defaults into build/demo, and run its demo
	$(MAKE) --directory build/demo demo UV=$(UV)

test: .venv/.synced  ## all tests; ARGS narrows them down
	.venv/bin/pytest -n 2 $(ARGS)

matrix: .venv/.synced  ## every answer, and every two together: render, check, test; make test runs a few of them
	.venv/bin/pytest -m slow tests/test_matrix.py $(ARGS)

check: .venv/.synced  ## format, lint and types of what is here; tests do the same for what is rendered
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

format: .venv/.synced  ## format, and fix what can be fixed safely
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: .venv/.synced build/demo  ## what is claimed, measured
	.venv/bin/python -m benchmarks.guidelines
	$(MAKE) --directory build/demo setup UV=$(UV)
	.venv/bin/python -m benchmarks.replay build/demo

# not by `make setup`: it keeps to the ranges of pyproject.toml, and a new release may be outside of them
newest: build/newest  ## a render's tests, with the newest SDK and server
	cd $< && npm view @restatedev/restate-server version >.restate-server-version
	$(MAKE) --directory $< setup UV=$(UV)
	cd $< && $(UV) pip install --python .venv --upgrade restate-sdk
	$(MAKE) --directory $< test UV=$(UV)

release:  ## make release VERSION=x.y.z: what the changelog calls unreleased becomes a version
	@python3 release.py "$(VERSION)"

lock:  ## choose versions anew, within the ranges of pyproject.toml
	$(UV) pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-emit-index-url \
		--group pyproject.toml:dev --output-file requirements.lock pyproject.toml

.PHONY: build/demo build/newest
build/demo build/newest: .venv/.synced
	rm -rf $@
	.venv/bin/copier copy --quiet --defaults --vcs-ref HEAD . $@

# UV_PYTHON chooses the Python; it would also be what packages are installed into, if that was not said
.venv/.synced: requirements.lock | $(filter $(CURDIR)/.tools/bin/uv,$(UV))
	$(UV) venv --quiet --allow-existing --python '$(or $(UV_PYTHON),>=3.11)'
	$(UV) pip sync --quiet --require-hashes --python .venv requirements.lock
	@touch $@

$(CURDIR)/.tools/bin/uv:
	python3 -m pip install --quiet --root-user-action ignore --target .tools uv
