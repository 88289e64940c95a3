"""Other programs as the annotator: bcftools csq and SnpEff, as Debian has them."""

import gzip
import shutil
import subprocess

import pytest

from client import Client
from conftest import ROOT, SHARED, needs_shared, sample

MTDNA = ROOT / "Reference" / "mtdna"
YEAST = SHARED / "yeast"


def records(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def annotate(make_service, command, name, content, **settings):
    service = make_service(settings={
        "annotator-engine": "command", "annotator-command-line": command, "plans-free-upload-limit": 50_000_000,
        **settings})
    client = Client(service).sign_up()
    path = client.submit(name, content)
    page = client.wait(path, seconds=180)
    log = client.get(path + "/log").text
    result = client.get(path + "/files/result")
    return page, log, result


def yeast_models(tmp_path):
    """The yeast genome and its gene models under one set of contig names, as bcftools wants them."""
    fasta = tmp_path / "genome.fa"
    with gzip.open(next(YEAST.glob("*.fa.gz")), "rt") as source:
        fasta.write_text(source.read())
    models = next(YEAST.glob("*.gff3.gz"))
    return fasta, models


@needs_shared
def test_bcftools_csq(make_service, tmp_path):
    fasta, models = yeast_models(tmp_path)
    name = "chr" if fasta.read_text()[:4] == ">chr" else ""
    header = subprocess.run(["zcat", str(models)], capture_output=True, text=True, check=True).stdout
    renamed = tmp_path / "models.gff3"
    renamed.write_text("".join(
        line if line.startswith("#") or line.startswith("chr") else name + line
        for line in header.splitlines(keepends=True)))
    with gzip.open(YEAST / "real.vcf.gz", "rt") as source:
        lines = source.read().splitlines(keepends=True)
    content = "".join([line for line in lines if line.startswith("#")]
                      + [line for line in lines if not line.startswith("#")][:2000])
    command = f"bcftools csq --local-csq --phase a -f {fasta} -g {renamed} -Ov {{input}}"
    page, log, result = annotate(make_service, command, "yeast.vcf", content.encode())
    assert 'data-status="COMPLETED"' in page, log
    out = records(result.text)
    assert len(out) == 2000
    assert sum("BCSQ=" in line for line in out) > 500
    assert "GAS ran bcftools on yeast.vcf" in log and "Records    2000" in log


@needs_shared
@pytest.mark.skipif(not shutil.which("snpEff") and not shutil.which("snpeff"), reason="needs Debian's snpeff")
def test_snpeff(make_service, tmp_path):
    program = shutil.which("snpEff") or shutil.which("snpeff")
    data = tmp_path / "snpeff"
    (data / "data" / "rCRS").mkdir(parents=True)
    shutil.copy(MTDNA / "rCRS.fa", data / "data" / "rCRS" / "sequences.fa")
    shutil.copy(MTDNA / "rCRS.gff3", data / "data" / "rCRS" / "genes.gff")
    contig = (MTDNA / "rCRS.fa").read_text().split()[0].lstrip(">")
    config = data / "snpEff.config"
    config.write_text(
        f"data.dir = {data}/data\nrCRS.genome : rCRS\nrCRS.{contig}.codonTable : Vertebrate_Mitochondrial\n"
        "codon.Vertebrate_Mitochondrial: " + vertebrate_mitochondrial() + "\n")
    subprocess.run(
        [program, "build", "-gff3", "-noCheckCds", "-noCheckProtein", "-c", str(config), "rCRS"], check=True,
        capture_output=True, timeout=120)
    # Debian's wrapper writes its own arguments to standard output first.
    command = f"sh -c '{program} ann -noStats -noLog -c {config} rCRS \"$1\" | sed -n /^##fileformat/,\\$p' sh {{input}}"
    content = sample("mtdna-small.vcf").read_bytes()
    page, log, result = annotate(make_service, command, "small.vcf", content)
    assert 'data-status="COMPLETED"' in page, log
    out = records(result.text)
    assert len(out) == len(records(content.decode()))
    assert all("ANN=" in line for line in out)
    assert "missense_variant" in result.text


def vertebrate_mitochondrial():
    """Genetic code 2 of NCBI, as SnpEff writes codon tables."""
    amino = "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG"
    codons = [a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"]
    return ", ".join(f"{codon}/{residue}" for codon, residue in zip(codons, amino))


def test_a_command_that_fails_says_so_to_the_owner(make_service):
    command = "sh -c 'echo The genome is missing. >&2; exit 4'"
    page, log, _ = annotate(make_service, command, "small.vcf", sample("mtdna-small.vcf").read_bytes())
    assert 'data-status="FAILED"' in page
    assert "sh ended with status 4: The genome is missing." in page
    assert "The genome is missing." in log


def test_a_command_that_hangs_is_stopped(make_service):
    page, _, _ = annotate(
        make_service, "sleep 600", "small.vcf", sample("mtdna-small.vcf").read_bytes(),
        **{"annotator-command-time-limit-seconds": 2})
    assert "sleep did not end within 2 seconds and was stopped." in page


def test_a_command_that_is_none_is_refused_at_start(tmp_path):
    answer = subprocess.run(
        [ROOT / ".build" / "release" / "gas", "annotator", "--annotator-engine", "command",
         "--annotator-command-line", "tool {inptu}", "--data-directory", tmp_path / "data"],
        capture_output=True, text=True, timeout=30)
    assert answer.returncode != 0
    assert "annotator.command.line" in answer.stderr and "{inptu}" in answer.stderr
