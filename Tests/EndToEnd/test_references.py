"""Fetching assemblies from servers laid out as Ensembl's and NCBI's, with all that can happen on the way."""

import functools
import gzip
import hashlib
import http.server
import os
import pathlib
import re
import subprocess
import threading

import pytest

from conftest import GAS, ROOT

MTDNA = ROOT / "Reference" / "mtdna"
FASTA = "release-115/fasta/saccharomyces_cerevisiae/dna/Saccharomyces_cerevisiae.R64-1-1.dna.toplevel.fa.gz"
GFF3 = "release-115/gff3/saccharomyces_cerevisiae/Saccharomyces_cerevisiae.R64-1-1.115.gff3.gz"


class Mirror(http.server.SimpleHTTPRequestHandler):
    """Answers ranges, and breaks off once where the server says so."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server = self.server
        path = pathlib.Path(self.translate_path(self.path))
        server.asked.append((self.path, self.headers.get("Range")))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        start = 0
        wanted = re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        if wanted and self.headers.get("If-Range") == tag:
            start = int(wanted[1])
        self.send_response(206 if start else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.path.strip("/") in server.breaks:
            server.breaks.remove(self.path.strip("/"))
            body = body[:len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


def bsd_sum(content):
    total = 0
    for byte in content:
        total = ((total >> 1) + ((total & 1) << 15) + byte) & 0xFFFF
    return total


@pytest.fixture
def mirror(tmp_path):
    """A server with our small genome in the place of yeast's."""
    root = tmp_path / "mirror"
    for path, source in ((FASTA, MTDNA / "rCRS.fa"), (GFF3, MTDNA / "rCRS.gff3")):
        target = root / path
        target.parent.mkdir(parents=True)
        content = gzip.compress(source.read_bytes(), mtime=0)
        target.write_bytes(content)
        (target.parent / "CHECKSUMS").write_text(
            f"00000 1 README\n{bsd_sum(content):05d} {-(-len(content) // 1024)} {target.name}\n")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Mirror, directory=str(root)))
    server.asked, server.breaks, server.root = [], set(), root
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(5)


def gas(data, mirror, *arguments):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
    base = f"http://127.0.0.1:{mirror.server_port}"
    environment = {
        **clean, "GAS_REFERENCES_ENSEMBL_URL": base + "/", "GAS_REFERENCES_NCBI_URL": base, "GAS_DATA_DIRECTORY": str(data),
        "GAS_REFERENCES_BACKOFF_SECONDS": "0.05", "GAS_REFERENCES_RETRIES": "3"}
    return subprocess.run(
        [GAS, "reference", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_fetch_builds_shows_and_removes(mirror, tmp_path):
    data = tmp_path / "data"
    listed = gas(data, mirror, "fetch")
    assert "GRCh38: Human GRCh38" in listed.stdout and "R64-1-1" in listed.stdout
    fetched = gas(data, mirror, "fetch", "r64-1-1")
    assert fetched.returncode == 0, fetched.stderr
    assert "R64-1-1: 1 contig, 16,569 bases, 37 transcripts" in fetched.stdout
    assert "dna.toplevel.fa.gz  0.0 MB" in fetched.stderr
    assert not (data / "downloads" / "R64-1-1").exists()
    assert "R64-1-1" in gas(data, mirror, "list").stdout
    info = gas(data, mirror, "info", "R64-1-1").stdout
    assert re.search(r"MT\t16569\tcircular  also .*chrM", info)
    removed = gas(data, mirror, "remove", "R64-1-1")
    assert removed.returncode == 0, removed.stderr
    assert gas(data, mirror, "list").stdout == ""
    missing = gas(data, mirror, "info", "R64-1-1")
    assert missing.returncode == 1 and "installed are: none" in missing.stderr


def test_a_broken_download_is_gone_on_with(mirror, tmp_path):
    mirror.breaks.update({FASTA, GFF3})
    fetched = gas(tmp_path / "data", mirror, "fetch", "R64-1-1")
    assert fetched.returncode == 0, fetched.stderr
    size = (mirror.root / FASTA).stat().st_size
    assert ("/" + FASTA, f"bytes={size // 2}-") in mirror.asked
    assert "37 transcripts" in fetched.stdout


def test_a_file_that_changed_meanwhile_is_begun_anew(mirror, tmp_path):
    part = tmp_path / "data" / "downloads" / "R64-1-1" / (FASTA.split("/")[-1] + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"the beginning of something else")
    (part.parent / (part.name + ".validator")).write_text('"another"')
    fetched = gas(tmp_path / "data", mirror, "fetch", "R64-1-1")
    assert fetched.returncode == 0, fetched.stderr
    assert "37 transcripts" in fetched.stdout


def test_what_is_kept_is_not_downloaded_again(mirror, tmp_path):
    assert gas(tmp_path / "data", mirror, "fetch", "R64-1-1", "--keep").returncode == 0
    mirror.asked.clear()
    again = gas(tmp_path / "data", mirror, "fetch", "R64-1-1", "--keep")
    assert again.returncode == 0 and "is there already" in again.stderr
    assert {path.split("/")[-1] for path, _ in mirror.asked} == {"CHECKSUMS"}


def test_a_wrong_checksum_is_told_and_nothing_is_installed(mirror, tmp_path):
    target = mirror.root / FASTA
    target.write_bytes(target.read_bytes()[:-1] + b"x")
    fetched = gas(tmp_path / "data", mirror, "fetch", "R64-1-1")
    assert fetched.returncode == 1
    assert "is not what its checksum says" in fetched.stderr
    assert not list((tmp_path / "data").rglob("*.part")) and not list((tmp_path / "data").rglob("*.gasref"))


@pytest.mark.parametrize("name, sentence", [
    ("hg99", "There is no assembly hg99 in the catalogue; there are GRCh38"),
    ("GRCh37", "There is no file at"),
])
def test_what_is_not_there_is_told(mirror, tmp_path, name, sentence):
    fetched = gas(tmp_path / "data", mirror, "fetch", name)
    assert fetched.returncode == 1
    assert sentence in fetched.stderr


def test_sources_have_names_versions_and_columns(mirror, tmp_path):
    known = tmp_path / "panel.vcf"
    known.write_text(
        "##fileformat=VCFv4.2\n##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency\">\n"
        "##INFO=<ID=NOTE,Number=1,Type=String,Description=\"Note\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "MT\t73\trs1\tA\tG\t.\t.\tAF=0.5;NOTE=x\n")
    bed = tmp_path / "bed.txt"
    bed.write_text("MT\t70\t80\tspot\n")
    band = tmp_path / "cytoBand.txt"
    band.write_text("chrM\t0\t16569\tm11\tgneg\n")
    reference = tmp_path / "small.gasref"
    built = gas(
        tmp_path / "data", mirror, "build", "--name", "small", "--fasta", str(MTDNA / "rCRS.fa"),
        "--gff3", str(MTDNA / "rCRS.gff3"), "--known", f"My panel@7={known}:AF", "--regions", f"Spots={bed}:SPOT",
        "--ucsc", str(band), "--output", str(reference))
    assert built.returncode == 0, built.stderr
    sample = tmp_path / "in.vcf"
    sample.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nMT\t73\t.\tA\tG\t.\t.\t.\n")
    result = tmp_path / "out.vcf"
    subprocess.run(
        [GAS, "annotate", str(sample), "--reference", str(reference), "-o", str(result)], check=True, timeout=60)
    text = result.read_text()
    assert "MY_PANEL_AF=0.5" in text and "SPOT=spot" in text and "cytoBand=Mm11" in text
    assert "NOTE" not in text
    assert re.search(r"##.*My panel 7", text)


def test_building_removes_nothing_of_others(mirror, tmp_path):
    folder = tmp_path / "mine.gasref"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    arguments = ["--name", "x", "--fasta", str(MTDNA / "rCRS.fa"), "--output", str(folder)]
    for more, sentence in ([], "'--replace' replaces an assembly"), (["--replace"], "that is no reference"):
        built = gas(tmp_path / "data", mirror, "build", *arguments, *more)
        assert built.returncode != 0 and sentence in built.stderr
        assert (folder / "thesis.txt").read_text() == "years of work"
    arguments[-1] = str(tmp_path / "x.gasref")
    for more, expected in ([], 0), ([], 1), (["--replace"], 0):
        assert gas(tmp_path / "data", mirror, "build", *arguments, *more).returncode == expected


def test_what_cannot_be_meant_is_refused(mirror, tmp_path):
    other = tmp_path / "other.fa"
    other.write_text(">chrZ\n" + "ACGT" * 100 + "\n")
    genome, genes, known = (str(MTDNA / name) for name in ("rCRS.fa", "rCRS.gff3", "known.vcf.gz"))
    for arguments, place, sentence in [
            (["--name", "x", "--fasta", str(other), "--gff3", genes], "x.gasref", "has no transcript on the genome's contigs (chrZ)"),
            (["--name", "x", "--fasta", str(other), "--known", known], "x.gasref", "it may be of another assembly."),
            (["--name", "../evil", "--fasta", genome], "x.gasref", "cannot be the name of a reference"),
            (["--name", "x", "--fasta", genome], "x", "ends in .gasref")]:
        built = gas(tmp_path / "data", mirror, "build", *arguments, "--output", str(tmp_path / place))
        assert built.returncode != 0 and sentence in built.stderr, built.stderr
        assert not (tmp_path / place).exists()


@pytest.mark.parametrize("arguments, sentence", [
    (["--name", "x"], "Give '--name' and '--fasta', or a '--recipe'."),
    (["--recipe", "r.json", "--name", "x"], "A '--recipe' names all sources: give no others beside it."),
    (["--name", "x", "--fasta", "f", "--ucsc", "what=f"], "what is no table of UCSC's that can be read"),
    (["--name", "x", "--fasta", "f", "--regions", "r.bed:A,B"], "have one INFO key, not 2"),
])
def test_sources_that_make_no_sense_are_refused(mirror, tmp_path, arguments, sentence):
    built = gas(tmp_path / "data", mirror, "build", *arguments, "--output", str(tmp_path / "x.gasref"))
    assert built.returncode != 0 and sentence in built.stderr
    assert not (tmp_path / "x.gasref").exists()


def test_a_recipe_names_everything(mirror, tmp_path):
    built = gas(
        tmp_path / "data", mirror, "build", "--recipe", str(MTDNA / "reference.json"), "-o", str(tmp_path / "m.gasref"))
    assert built.returncode == 0, built.stderr
    assert "rCRS: 1 contig, 16,569 bases, 37 transcripts" in built.stdout
