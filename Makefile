# markaz: `make run` plays a centre, `make test` tests everything. Both set up what they need on a fresh Debian with
# Go and git. `make help` lists the rest.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
GO          ?= go
SUDO        := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BUILD       := -trimpath -buildvcs=false
VERSION     := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
# A package's version rises with the newest commit; nothing has been released yet. Its files are all said to be from then.
EPOCH       := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
ifndef DEB_VERSION
DEB_VERSION := $(shell TZ=UTC git log -1 --date=format-local:%Y%m%d.%H%M%S --format=0.1~%cd.%h 2>/dev/null || echo 0.1~unknown)
endif
DEB_ARCHES  ?= amd64 arm64

# What the build and the tests need beside Go: cgo and libusb for markaz-usb, a synthesizer for the clips of the voice, a
# browser for the pages, PostgreSQL for the warehouse, a software TPM. Its service need not run: tests and measurements start servers of their own.
BUILD_PACKAGES := gcc libc6-dev pkg-config libusb-1.0-0-dev espeak-ng
TEST_PACKAGES  := chromium libnss3-tools postgresql iproute2 nftables fuse3 swtpm swtpm-tools systemd
BENCH_PACKAGES := postgresql
# A compiler for the other architecture, and what markaz-usb is linked against there.
DEB_PACKAGES   := dpkg xz-utils gcc-aarch64-linux-gnu libc6-dev-arm64-cross
ARM64_PACKAGES := libusb-1.0-0 libusb-1.0-0-dev libudev1 libc6 libc6-dev linux-libc-dev libcrypt1 libgcc-s1
# An emulator, what unpacks a kernel and makes a drive for it, and the library that judges our fingerprint reader.
RIG_PACKAGES   := qemu-system-x86 kmod xz-utils e2fsprogs libfprint-2-dev libglib2.0-dev
# What makes a whole Debian for it.
BOOT_PACKAGES  := mmdebstrap
RIG_CACHE      ?= $(or $(XDG_CACHE_HOME),.cache)/markaz-rig
# Outside judges are programs that nobody here wrote, in folders named judge with their own package-lock.json.
JUDGES         := $(dir $(wildcard devices/*/judge/package-lock.json devices/*/*/judge/package-lock.json edge/web/*/judge/package-lock.json))
JUDGE_PACKAGES := $(shell command -v node >/dev/null || echo nodejs) $(shell command -v npm >/dev/null || echo npm)

STATICCHECK := $(GO) tool -modfile=tools.mod staticcheck
SEED ?= 1
T    ?= 20s

.PHONY: all help setup setup-test setup-bench setup-judges setup-rig setup-rig-boot setup-deb build clips run test lint unit short race fuzz rig-usb rig-cut rig-boot rig-update sim floor-model day year crowd hq3 hostile chaos-print chaos-sync fleet theft torture torture-quick golden bench deb deb-amd64 deb-arm64 deb-twice deb-test clean

all: build

help: ## what each word does
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

# $(call packages,NAMES) installs the Debian packages that are missing, and says so.
define packages
	@missing=(); for p in $(1); do dpkg-query -Wf '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing+=($$p); done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	  echo "installing Debian packages: $${missing[*]}"; \
	  $(SUDO) apt-get update -q; \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends "$${missing[@]}"; \
	fi
endef

setup: ## install what the build needs
	$(call packages,$(BUILD_PACKAGES))

setup-test: setup ## install what the tests need
	$(call packages,$(TEST_PACKAGES))

setup-rig: setup ## install what the rig needs
	$(call packages,$(RIG_PACKAGES))

setup-rig-boot: setup-rig ## install what a Debian in the rig needs
	$(call packages,$(BOOT_PACKAGES))

setup-deb: setup ## install what building packages needs
	$(call packages,$(DEB_PACKAGES))

setup-judges: ## install the outside judges of the tests
	$(call packages,$(JUDGE_PACKAGES))
	@for j in $(JUDGES); do \
	  if ! cmp -s $$j/package-lock.json $$j/node_modules/.judge-lock; then \
	    echo "installing the judge in $$j"; \
	    (cd $$j && npm ci --ignore-scripts --no-audit --no-fund) && cp $$j/package-lock.json $$j/node_modules/.judge-lock; \
	  fi; done

build: setup ## build every program into bin/, and the clips of the voice
	$(GO) build $(BUILD) -ldflags "-X main.version=$(VERSION)" -o bin/ ./cmd/...
	bin/markaz-clips clips

clips: setup ## make the clips that people are called with; nothing when they are there already
	$(GO) build $(BUILD) -o bin/ ./cmd/markaz-clips
	bin/markaz-clips clips

run: build ## play a centre with simulated devices; Ctrl-C ends it
	exec bin/markaz-sim play

test: setup-test setup-judges lint rig-usb rig-cut torture-quick unit ## everything: vet, staticcheck, all tests with the race detector, 2,000 simulated worlds, the browser, a short day, real USB, power cuts

lint: setup ## gofmt, vet, staticcheck
	@bad=$$(gofmt -l edge devices sync cmd bench); if [ -n "$$bad" ]; then echo "not gofmt-ed: $$bad"; exit 1; fi
	$(GO) vet ./...
	$(STATICCHECK) ./...
	cd bench && $(GO) vet ./...

unit: build
	cd bench && $(GO) test .
	$(GO) test ./sync/ingest -run BySeed
	$(GO) test -race -timeout 30m ./...

short: setup-bench setup-judges ## the quick tests, without race detector and browser
	$(GO) test $$($(GO) list ./... | grep -v -e browsertest -e cmd/markaz-sim)

fuzz: ## every fuzz target for T each (T=20s)
	@for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' edge devices sync cmd); do \
	  for name in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9]*)\(.*/\1/p' $$f); do \
	    echo "== $$name in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(T) ./$$(dirname $$f); \
	  done; done

# What runs inside the emulated machines needs nothing that is not in it.
RIG_BUILD = CGO_ENABLED=0 $(GO) build $(BUILD) -ldflags "-s -w" -o bin/rig/

rig-usb: build setup-rig ## a Debian kernel in an emulator, USB devices plugged into it, the real programs beside them
	$(RIG_BUILD) ./cmd/markaz-rig
	bin/rig/markaz-rig usb --cache $(RIG_CACHE) bin/markaz bin/markaz-usb

CUTS ?= 20
rig-cut: build setup-rig ## the plug of an emulated machine pulled CUTS=20 times while a ledger is written, on a drive that forgets; two minutes; SEED=n
	$(RIG_BUILD) ./cmd/markaz-rig ./cmd/markaz-torture
	bin/rig/markaz-rig cut --cache $(RIG_CACHE) --cuts $(CUTS) --seed $(SEED) bin/rig/markaz-torture

# The release of this machine, whose kernel the rig runs.
BOOT_SUITE := $(shell . /etc/os-release && echo $$VERSION_CODENAME)
BOOT_BASE  := $(RIG_CACHE)/boot-$(BOOT_SUITE).tar
$(BOOT_BASE):
	$(call packages,$(BOOT_PACKAGES))
	mkdir -p $(RIG_CACHE)
	$(SUDO) mmdebstrap --format=tar --variant=minbase --include=systemd,systemd-sysv,udev,debconf,init-system-helpers,libusb-1.0-0 $(BOOT_SUITE) $@.part
	$(SUDO) mv $@.part $@

KILLS ?= 20
rig-boot: $(RIG_CACHE)/drive ## a Debian with the package in an emulator, killed KILLS=20 times in mid-service; then a drive that lies, which must lose; SEED=n
	bin/rig/markaz-rig boot --cache $(RIG_CACHE) --kills $(KILLS) --seed $(SEED) $(RIG_CACHE)/drive
	bin/rig/markaz-rig boot --cache $(RIG_CACHE) --kills $(KILLS) --seed $(SEED) --lying $(RIG_CACHE)/drive

# A version above the one in the drive, for the stick.
BOOT_NEXT := $(DEB_VERSION)+next
rig-update: $(RIG_CACHE)/drive ## the same Debian is updated from a stick, and goes back from a version that falls; half an hour
	$(MAKE) deb-amd64 DEB_VERSION='$(BOOT_NEXT)'
	cmd/markaz-rig/debian/stick-image.sh bin/markaz_$(BOOT_NEXT)_amd64.deb bin/markaz-hq $(RIG_CACHE)/release.key $(RIG_CACHE)/stick
	bin/rig/markaz-rig update --cache $(RIG_CACHE) --stick $(RIG_CACHE)/stick --to '$(BOOT_NEXT)' $(RIG_CACHE)/drive

.PHONY: $(RIG_CACHE)/drive
$(RIG_CACHE)/drive: build deb-amd64 setup-rig-boot $(BOOT_BASE)
	$(RIG_BUILD) ./cmd/markaz-rig
	[ -e $(RIG_CACHE)/release.key ] || bin/markaz-hq release key -o $(RIG_CACHE)/release.key
	$(SUDO) cmd/markaz-rig/debian/image.sh $(BOOT_BASE) bin/markaz_$(DEB_VERSION)_amd64.deb bin/rig/markaz-rig $(RIG_CACHE)/release.pub $@

sim: ## simulate the road by seed: SEED=n begins there, 100,000 seeds, some 3 minutes on two idle cores; test plays 2,000
	$(GO) test ./sync/ingest -run TestPromisesHoldBySeed -v -timeout 4h -seeds 100000 -seed $(SEED)

floor-model: ## play 100,000 random actions of desks against the model of the floor, 40 s of one core; test plays 13,000
	$(GO) test ./edge/desk -run 'TestModel$$' -v -rapid.checks=800 -timeout 30m

day: build ## play a whole day with faults and compare every count
	bin/markaz-sim day

crowd: build ## twelve desks, eight screens, 300 phones, 20 presses a second for FOR=10m: how soon every screen shows a press
	bin/markaz-sim crowd --for $(FOR)

hostile: build ## a hundred strangers of every kind beside a working floor for FOR=10m, 1h is the full count: what a press at a desk takes
	bin/markaz-sim hostile --for $(FOR)

year: build ## play a generated year of one centre through its queue, and judge the promised waits
	bin/markaz-sim year

hq3: build ## run three headquarters nodes as one group; Ctrl-C ends them, the next run goes on
	exec bin/markaz-sim hq3

JOBS ?= 1000
chaos-print: build ## print JOBS=1000 papers with a fault at a random byte of each, and count the papers; SEED=n repeats a run
	bin/markaz-sim chaos-print --jobs $(JOBS) --seed $(SEED)

FOR ?= 10m
chaos-sync: build setup-test ## harm boxes, three nodes and their lines at random for FOR=10m, and compare every record; SEED=n
	bin/markaz-sim chaos-sync --for $(FOR) --seed $(SEED)

torture-quick: build setup-test ## power cuts, failed syncs, flipped bits and a full disk under the real writers: what test runs of docs/reliability.md
	bin/markaz-torture quick

FACTOR ?= 1
torture: build setup-test setup-bench ## every promise of docs/reliability.md at its full count, for many hours; FACTOR=0.01 for a trial, ONLY=code,code for some
	bin/markaz-torture all --factor $(FACTOR) --seed $(SEED) --log bin/torture.log --markdown bin/torture.md $(if $(ONLY),--only $(ONLY))

THEFT ?= 60
theft: build setup-test ## play a day, steal the disk with its free space, the log and the core, and look for everybody; then the same with sealing off, which must find all; THEFT=60 families
	$(GO) build $(BUILD) -tags unsealed -o bin/unsealed/ ./cmd/markaz ./cmd/markaz-hq
	bin/markaz-sim theft --families $(THEFT)

fleet: build ## run 154 centres on this machine, half of them cut off for a day of three minutes
	bin/markaz-sim fleet -n 154

golden: ## write golden files and vectors anew, and show what changed
	$(GO) test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' edge devices sync | xargs -n1 dirname | sort -u | sed 's|^|./|') -update
	git diff --stat

setup-bench: setup ## install what the measurements and the quick tests need
	$(call packages,$(BENCH_PACKAGES))

bench: build setup-bench ## measure against limits in the same run; prints the table of docs/benchmarks.md
	cd bench && $(GO) run . 

# $(call programs,ARCH,ENVIRONMENT) builds what packages hold, the same bytes in every directory and at any time.
define programs
	$(2) GOARCH=$(1) $(GO) build $(BUILD) -ldflags "-s -w -buildid= -X main.version=$(DEB_VERSION)" -buildmode=pie -o bin/deb/$(1)/ ./cmd/markaz-usb
	CGO_ENABLED=0 GOARCH=$(1) $(GO) build $(BUILD) -ldflags "-s -w -buildid= -X main.version=$(DEB_VERSION)" -o bin/deb/$(1)/ \
	  ./cmd/markaz ./cmd/markaz-hq ./cmd/markaz-clips ./cmd/markaz-update
endef

# $(call packed,ARCH) makes the packages of an architecture.
define packed
	@for name in markaz markaz-hq; do \
	  $(GO) run ./cmd/markaz-deb $$name --programs bin/deb/$(1) --arch $(1) --version $(DEB_VERSION) --epoch $(EPOCH) --out bin; done
endef

deb: $(DEB_ARCHES:%=deb-%) ## make the Debian packages of box and headquarters, in bin/, for amd64 and arm64

# Headers and libraries of arm64 lie in a directory of their own: this machine's own packages stay as they are.
ARM64     := bin/deb/sysroot-arm64
ARM64_ENV  = CGO_ENABLED=1 CC="aarch64-linux-gnu-gcc --sysroot=$(CURDIR)/$(ARM64)/root" PKG_CONFIG_SYSROOT_DIR=$(CURDIR)/$(ARM64)/root \
	PKG_CONFIG_LIBDIR=$(CURDIR)/$(ARM64)/root/usr/lib/aarch64-linux-gnu/pkgconfig
ARM64_APT  = apt-get -q -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State=$(CURDIR)/$(ARM64)/state \
	-o Dir::State::status=$(CURDIR)/$(ARM64)/status -o Dir::Cache=$(CURDIR)/$(ARM64)/cache -o APT::Sandbox::User=

$(ARM64)/made:
	rm -rf $(ARM64) && mkdir -p $(ARM64)/state/lists/partial $(ARM64)/cache/archives/partial $(ARM64)/root && touch $(ARM64)/status
	$(ARM64_APT) update
	cd $(ARM64) && $(ARM64_APT) download $(ARM64_PACKAGES)
	for deb in $(ARM64)/*.deb; do dpkg-deb -x $$deb $(ARM64)/root; done
	touch $@

DEB_TOOLS := lintian

deb-twice: deb-amd64 ## make the packages once more from a copy in another directory: the same digests
	rm -rf bin/deb/again && mkdir -p bin/deb/again
	git ls-files -z | xargs -0 tar -c | tar -x -C bin/deb/again
	$(MAKE) -C bin/deb/again deb-amd64 EPOCH=$(EPOCH) DEB_VERSION='$(DEB_VERSION)'
	@for name in markaz markaz-hq; do \
	  cmp bin/$${name}_$(DEB_VERSION)_amd64.deb bin/deb/again/bin/$${name}_$(DEB_VERSION)_amd64.deb; \
	  sha256sum bin/$${name}_$(DEB_VERSION)_amd64.deb bin/deb/again/bin/$${name}_$(DEB_VERSION)_amd64.deb; done

DEB_BASE := $(RIG_CACHE)/debian
$(DEB_BASE)/etc/os-release: $(BOOT_BASE)
	$(SUDO) rm -rf $(DEB_BASE)
	$(SUDO) mkdir -p $(DEB_BASE)
	$(SUDO) tar -x --numeric-owner -f $(BOOT_BASE) -C $(DEB_BASE)

deb-test: deb-amd64 $(DEB_BASE)/etc/os-release ## install, upgrade, downgrade, remove and purge the packages in a Debian of their own; some minutes, network
	$(call packages,$(DEB_TOOLS))
	lintian --fail-on error,warning bin/markaz_$(DEB_VERSION)_amd64.deb bin/markaz-hq_$(DEB_VERSION)_amd64.deb
	$(SUDO) packaging/test.sh $(DEB_BASE) bin/markaz_$(DEB_VERSION)_amd64.deb bin/markaz-hq_$(DEB_VERSION)_amd64.deb

deb-amd64: clips
	$(call programs,amd64,CGO_ENABLED=1)
	$(call packed,amd64)

deb-arm64: clips setup-deb $(ARM64)/made
	$(call programs,arm64,$(ARM64_ENV))
	$(call packed,arm64)

clean: ## remove what was built or installed here, and the centre that `make run` keeps
	rm -rf bin run clips $(JUDGES:%=%/node_modules)
