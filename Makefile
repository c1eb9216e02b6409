# Everything a contributor runs. The product is built without cgo; only the race detector needs it.
export CGO_ENABLED = 0

TOOL     = go tool -modfile=tools/go.mod
SOURCES  = $(shell find . -name '*.go' -not -name '*_templ.go' -not -path './.git/*' -not -path '*/testdata/*')
TEMPLATES = $(shell find . -name '*.templ' -not -path './.git/*')
RACE     = $(addsuffix /...,$(wildcard ./desk ./internal/store ./internal/work))

.PHONY: help build test check demo screenshots bench experiments fmt clean format vet static generated modules race

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build: ## bin/amend, one static binary
	go build -trimpath -ldflags='-s -w' -o bin/amend ./cmd/amend

test: ## every test, on SQLite and on a throw-away PostgreSQL
	@scripts/ready test
	scripts/with-postgres go test -timeout 15m ./...

check: format vet static generated modules race ## what a change must pass beside its tests

demo: ## sample data, three demo systems, one change told as a story
	go run ./cmd/amend demo

screenshots: ## a picture of every page in both languages, light and dark, three widths: shots/index.html
	@scripts/ready screenshots
	go test ./e2e/browser -run TestEveryPageHasItsPicture -count 1 -timeout 60m -shots $(CURDIR)/shots

bench: ## the benchmarks of the store, the keys, the log, the policy and the readers of lists
	scripts/with-postgres go test -run '^$$' -bench . ./internal/store ./internal/keys ./audit ./policy ./intake

experiments: ## break things in full size (an hour), go through every page, and write docs/reliability.md from it
	@scripts/ready test
	mkdir -p docs/runs/experiments
	scripts/with-postgres go test ./experiments -count 1 -timeout 90m -full -keep $(CURDIR)/docs/runs/experiments
	go test ./e2e/browser -count 1 -timeout 90m -full
	go run ./experiments/page docs/runs/experiments experiments/found docs

fmt: ## format Go and templates
	gofmt -w $(SOURCES)
	$(if $(TEMPLATES),$(TOOL) templ fmt .)

clean: ## remove what build made; data directories stay
	rm -rf bin shots

format:
	@late=$$(gofmt -l $(SOURCES)); [ -z "$$late" ] || { echo "not formatted, run make fmt:"; echo "$$late"; exit 1; }

vet:
	go vet ./...

static:
	$(TOOL) staticcheck ./...

# Generated code is committed, so that building needs no tool: here it must be what the templates give.
generated:
	@[ -z "$(TEMPLATES)" ] || { \
	sum() { find . -name '*_templ.go' -not -path './.git/*' -exec cksum {} + | sort; }; \
	was=$$(sum); $(TOOL) templ generate -log-level error || exit 1; \
	[ "$$was" = "$$(sum)" ] || { echo "templates were newer than their code: commit what was generated"; exit 1; }; }

# SQLite's driver works with exactly one version of its C library: the one that it was made with.
modules:
	go mod verify
	go mod tidy -diff
	cd tools && go mod verify && go mod tidy -diff
	@want=$$(sed -n 's|.*modernc.org/libc \(v[^ ]*\).*|\1|p' $$(go list -m -f '{{.GoMod}}' modernc.org/sqlite)); \
	have=$$(go list -m -f '{{.Version}}' modernc.org/libc); \
	[ "$$want" = "$$have" ] || { echo "modernc.org/libc is $$have, but modernc.org/sqlite needs $$want"; exit 1; }

race:
	@scripts/ready race
	CGO_ENABLED=1 scripts/with-postgres go test -race -timeout 15m $(RACE)
