# The commands that people need. `make run` serves; `make test` passes every test.

CONFIGURATION := release
GAS := .build/$(CONFIGURATION)/gas
PYTHON := .venv/bin/python
export SWIFT_BACKTRACE := enable=no

# What the product needs, and what its tests need besides: Debian packages.
PACKAGES := pkg-config libsqlite3-dev libpq-dev libcurl4-openssl-dev libxml2-dev zlib1g-dev libdeflate-dev libisal-dev libzxcvbn-dev libjs-bootstrap5 libjs-chart.js
TEST_PACKAGES := python3 python3-venv chromium bcftools tabix sqlite3 openssl default-jre-headless time snpeff vcfanno glewlwyd haproxy postgresql binutils zip unzip radosgw ceph-mon ceph-osd ceph-common debootstrap systemd-container
# What `make security` lets loose on the service.
SECURITY_PACKAGES := slowhttptest testssl.sh
SCREENSHOTS := .build/screenshots
SOURCES := Sources Tests Engine/Sources Engine/Tests Package.swift Engine/Package.swift

.PHONY: run build release setup setup-test test test-fast test-histories test-engine test-end-to-end lambda security bench bench-jobs bench-web load concordance format lint docs screenshots clean

run: build  ## Install what is needed, build, and serve on https://localhost:4433
	$(GAS) serve

build: setup
	swift build -c $(CONFIGURATION) --product gas

release: build  ## Pack the program and what it needs into one archive, in .build/dist
	@scripts/install-packages binutils
	scripts/release

setup:  ## Install the Debian packages that the product needs
	@scripts/install-packages $(PACKAGES)

setup-test: setup  ## Install what the tests need besides
	@scripts/install-packages $(TEST_PACKAGES)
	@scripts/make-python-environment
	@scripts/make-python-environment .venv/aws Tests/EndToEnd/aws-requirements.txt

test: setup-test test-engine test-fast test-histories test-end-to-end  ## Pass every test

test-engine: setup  ## The annotation engine's tests
	@scripts/swift-test --package-path Engine -c $(CONFIGURATION)

test-fast: setup  ## The service's tests, without a browser
	swift build -c $(CONFIGURATION) --build-tests
	@scripts/with-servers scripts/swift-test -c $(CONFIGURATION) --skip-build

test-histories: setup  ## Ten thousand simulated histories of results
	swift build -c $(CONFIGURATION) --product gas-simulate
	.build/$(CONFIGURATION)/gas-simulate

test-end-to-end: setup-test build  ## A real browser and real servers
	$(PYTHON) -m pytest Tests/EndToEnd

lambda: build  ## Pack the program for AWS Lambda: .build/lambda.zip
	@scripts/install-packages binutils zip
	@scripts/make-lambda $(GAS) .build/lambda.zip

security: setup-test build  ## Security tools of others, on loopback, some minutes
	@scripts/install-packages $(SECURITY_PACKAGES)
	@scripts/make-python-environment .venv/security Tests/EndToEnd/security-requirements.txt
	$(PYTHON) -m pytest -s Tests/EndToEnd/security_tools.py

bench: setup-test build  ## Measure, and compare with peers
	Benchmarks/run

bench-jobs: setup-test build  ## Jobs a minute with 1, 2 and 4 annotators, and what limits them
	$(PYTHON) Benchmarks/jobs.py

bench-web: setup-test build  ## Compare pages a second with Flask and gunicorn
	@scripts/install-packages wrk
	$(PYTHON) Benchmarks/web/measure.py

load: setup-test  ## A minute of load on the service that runs on this machine
	.venv/bin/locust -f deploy/load/locustfile.py --headless -u 20 -r 5 -t 60s --host https://localhost:4433

concordance: setup-test build  ## Compare with VEP, SnpEff, bcftools and ClinVar, difference by difference
	$(PYTHON) Benchmarks/concordance.py > .build/concordance.md
	if [ -s .build/concordance.md ]; then cp .build/concordance.md docs/concordance.md; fi

format:  ## Format all Swift
	swift format --in-place --recursive --parallel --configuration .swift-format $(SOURCES)

lint:  ## What CI checks besides the tests
	swift format lint --strict --recursive --parallel --configuration .swift-format $(SOURCES)

docs: build  ## Write docs/configuration.md anew
	$(GAS) config --reference > docs/configuration.md

screenshots: setup-test build  ## Take the README's screenshots anew
	GAS_SCREENSHOTS=$(SCREENSHOTS) $(PYTHON) -m pytest Tests/EndToEnd/test_main_job.py
	cp $(SCREENSHOTS)/annotation-free_1.png $(SCREENSHOTS)/annotation-telephone.png $(SCREENSHOTS)/annotation-dark.png docs/images

clean:
	rm -rf .build Engine/.build .venv
