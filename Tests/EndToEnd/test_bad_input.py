"""What people upload by mistake: one clear sentence, a FAILED job, a mail, and the service goes on."""

import email
import email.policy
import gzip
import html
import re
import secrets

import pytest

from client import Client
from conftest import SHARED, needs_shared, sample

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
GOOD = "MT\t73\t.\tA\tG\t.\t.\tDP=1\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + secrets.token_bytes(2000)
PACKED = gzip.compress((HEADER + GOOD * 5000).encode())

REFUSED = {
    "picture.vcf": (PNG, ["not a VCF"]),
    "header-only.vcf": (HEADER.encode(), ["no records"]),
    "truncated.vcf.gz": (PACKED[: len(PACKED) // 2], ["truncated"]),
    "binary-inside.vcf": ((HEADER + GOOD).encode() + b"\x00\x01\xfe\xff" * 80 + b"\n", ["line 5"]),
    "no-column-line.vcf": (("##fileformat=VCFv4.2\n" + GOOD).encode(), ["#CHROM"]),
    "few-columns.vcf": ((HEADER + GOOD + "MT\t73\t.\tA\n").encode(), ["line 5", "column"]),
    "position.vcf": ((HEADER + "MT\tseventy\t.\tA\tG\t.\t.\t.\n").encode(), ["line 4", "column 2", "POS"]),
    "huge-position.vcf": ((HEADER + f"MT\t{2**63}\t.\tA\tG\t.\t.\t.\n").encode(), ["line 4", "POS"]),
    "odd-letters.vcf": ((HEADER + GOOD + "MT\t74\t.\tA!\tG\t.\t.\t.\n").encode(), ["line 5", "column 4", "REF"]),
    "wrong-assembly.vcf": (
        (HEADER + "".join(f"MT\t{position}\t.\t{'ACGT'[position % 4]}\tN\t.\t.\t.\n" for position in range(100, 400)))
        .encode(), ["REF"]),
}


def reason(page):
    """The text of the page, in which the sentence must stand."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory):
    from conftest import Service

    service = Service(tmp_path_factory.mktemp("bad") / "data", settings={"plans-free-upload-limit": 10_000_000}).start()
    yield service
    assert service.stop() == 0


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence_and_a_mail(shared_service, name):
    content, expected = REFUSED[name]
    client = Client(shared_service).sign_up()
    before = len(shared_service.mails())
    page = client.wait(client.submit(name, content))
    assert 'data-status="FAILED"' in page
    text = reason(page)
    for part in expected:
        assert part.lower() in text.lower()
    assert str(shared_service.data) not in page
    shared_service.wait_for_end(before + 1)
    told = [mail for mail in shared_service.mails() if client.email in mail.read_text()]
    assert len(told) == 1
    message = email.message_from_bytes(told[0].read_bytes(), policy=email.policy.default)
    assert message["Subject"] == f"{name} could not be annotated"
    for part in expected:
        assert part.lower() in message.get_body(("plain",)).get_content().lower()


@needs_shared
@pytest.mark.parametrize("name, looks_like", [
    ("premium_1.vcf", "NCBI36"), ("premium_2.vcf", "GRCh37"), ("premium_3.vcf", "NCBI36"), ("free_2.vcf", "NCBI36")])
def test_a_file_of_another_assembly_is_refused_by_name(shared_service, name, looks_like):
    client = Client(shared_service).sign_up()
    page = client.wait(client.submit(name, (SHARED / "samples" / name).read_bytes()))
    assert 'data-status="FAILED"' in page
    assert looks_like in reason(page)
    assert "rCRS" in reason(page), "it says what is installed"


def test_an_empty_file_is_refused_before_it_is_a_job(shared_service):
    client = Client(shared_service).sign_up()
    answer = client.upload(client.upload_form(), "empty.vcf", b"")
    assert answer.status_code == 400
    assert "empty" in answer.text


def test_odd_alleles_and_foreign_contigs_are_annotated_or_passed_through(shared_service):
    records = (
        "MT\t73\t.\tA\t*,G\t.\t.\tDP=1\n"
        "MT\t150\t.\tC\t<DEL>\t.\t.\tSVTYPE=DEL;END=160\n"
        "MT\t152\t.\tT\t.\t.\t.\tDP=1\n"
        "MT\t263\t.\tA\tG,C,T\t.\t.\tDP=1\n"
        "KI270728.1\t5\t.\tA\tG\t.\t.\tDP=1\n")
    client = Client(shared_service).sign_up()
    path = client.submit("odd.vcf", (HEADER + records).encode())
    page = client.wait(path)
    assert 'data-status="COMPLETED"' in page, reason(page)
    result = client.get(download_link(page, "result")).text.splitlines()
    out = [line for line in result if not line.startswith("#")]
    assert len(out) == 5
    assert out[4] == "KI270728.1\t5\t.\tA\tG\t.\t.\tDP=1"
    assert "CSQ=" in out[3]


def download_link(page, kind):
    return html.unescape(re.search(rf'href="([^"]*/files/{kind})"', page).group(1))


@pytest.mark.parametrize("name", [
    "a" * 5000 + ".vcf", 'quo"te\'s.vcf', "../../../etc/passwd.vcf", "<script>alert(1)</script>.vcf",
    "Überprüfung 变异 👩‍🔬.vcf", "a;b&c=d%2F+.vcf", "$(touch pwned) `id`.vcf", "-rf.vcf", "=cmd|calc.vcf"])
def test_hostile_file_names_are_harmless(shared_service, name):
    client = Client(shared_service).sign_up()
    path = client.submit(name, sample("mtdna-small.vcf").read_bytes())
    page = client.wait(path)
    assert 'data-status="COMPLETED"' in page
    assert "<script>alert" not in page
    answer = client.get(download_link(page, "result"))
    assert answer.ok
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "\n" not in disposition and "/" not in disposition.split("filename=")[1].split(";")[0]


def test_the_same_upload_submitted_twice_is_one_job(shared_service):
    client = Client(shared_service).sign_up()
    answer = client.upload(client.upload_form(), "twice.vcf", sample("mtdna-small.vcf").read_bytes())
    first, second = (client.get(answer.headers["Location"], allow_redirects=False) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    client.wait(first.headers["Location"])
    count = shared_service.rows(
        "SELECT count(*) FROM annotations WHERE job_id = ?", first.headers["Location"].split("/")[-1])
    assert count == [(1,)]


def test_another_persons_job_is_not_shown(shared_service):
    owner, other = Client(shared_service).sign_up(), Client(shared_service).sign_up()
    path = owner.submit("mine.vcf", sample("mtdna-small.vcf").read_bytes())
    owner.wait(path)
    for suffix in ("", "/log", "/files/result", "/files/input", "/events"):
        answer = other.get(path + suffix, allow_redirects=False)
        assert answer.status_code == 403, suffix
    assert "Not authorized to view this job" in other.get(path).text


def test_an_upload_over_the_limit_of_the_plan_is_refused(make_service, tmp_path):
    service = make_service(settings={"plans-free-upload-limit": 10_000})
    client = Client(service).sign_up()
    form = client.upload_form()
    content = (HEADER + GOOD * 1000).encode()
    assert client.upload(form, "at.vcf", content[:10_000]).status_code == 303
    answer = client.upload(client.upload_form(), "over.vcf", content[:10_001])
    assert answer.status_code == 413
