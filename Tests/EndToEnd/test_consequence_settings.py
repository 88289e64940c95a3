"""What results say is the operator's choice."""

from client import Client
from conftest import OUR_SAMPLES


def test_fields_formats_and_selection(make_service):
    service = make_service(settings={
        "annotator-fields": "Allele,Consequence,SYMBOL,HGVSp", "annotator-formats": "CSQ,ANN",
        "annotator-selection": "pick_allele"})
    client = Client(service).sign_up()
    path = client.submit("small.vcf", (OUR_SAMPLES / "mtdna-small.vcf").read_bytes())
    assert 'data-status="COMPLETED"' in client.wait(path)
    text = client.get(path + "/files/result").text
    assert "Format: Allele|Consequence|SYMBOL|HGVSp\"" in text
    records = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert records
    for fields in records:
        info = dict(part.partition("=")[::2] for part in fields[7].split(";"))
        assert len(info["CSQ"].split(",")) == len(fields[4].split(","))
        assert all(entry.count("|") == 3 for entry in info["CSQ"].split(","))
        assert all(entry.count("|") == 15 for entry in info["ANN"].split(","))
