"""`gas annotate` and `gas reference` as used at a terminal, their output read by bcftools."""

import gzip
import json
import os
import pty
import re
import subprocess

import pytest

from conftest import GAS, ROOT, SHARED, needs_shared, sample


def gas(*arguments, cwd=ROOT):
    return subprocess.run([GAS, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120)


def bcftools(*arguments):
    """Runs bcftools, which must not complain.  Returns what it prints."""
    answer = subprocess.run(["bcftools", *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert "warn" not in answer.stderr.lower() and "[E::" not in answer.stderr, answer.stderr
    return answer.stdout


def annotate(tmp_path, source, *options, name="out.vcf"):
    output = tmp_path / name
    answer = gas("annotate", source, "-o", output, "--data-directory", tmp_path / "data", *options)
    assert answer.returncode == 0, answer.stderr
    return output


def records(path):
    text = gzip.open(path, "rt").read() if str(path).endswith(".gz") else path.read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def added_keys(source, output):
    """The INFO keys that the output declares and the input does not."""
    def declared(text):
        return set(re.findall(r"^##INFO=<ID=([^,]+),", text, re.MULTILINE))

    return declared(output.read_text()) - declared(source.read_text())


def stripped(line, keys):
    columns = line.split("\t")
    kept = [item for item in columns[7].split(";") if item.split("=")[0] not in keys]
    columns[7] = ";".join(kept) or "."
    return "\t".join(columns)


SAMPLES = ["mtdna-sample.vcf", "mtdna-small.vcf"] + [
    pytest.param(name, marks=needs_shared) for name in ("test.vcf", "free_1.vcf")]


@pytest.mark.parametrize("name, flags, said", [
    ("out.json", [], ".jsonl"), ("out.VCF.GZ", [], ".vcf.gz"), ("out", [], ".tsv"),
    ("out.vcf", ["--index"], ".vcf.gz"), ("out.tsv.gz", ["--index"], ".vcf.gz"),
])
def test_an_output_that_cannot_be_meant_is_refused(tmp_path, name, flags, said):
    answer = gas(
        "annotate", sample("mtdna-small.vcf"), "-o", tmp_path / name, *flags, "--data-directory", tmp_path / "data")
    assert answer.returncode != 0 and said in answer.stderr
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", SAMPLES)
def test_bcftools_reads_it_and_stripping_gives_the_input_back(tmp_path, name):
    source = sample(name)
    output = annotate(tmp_path, source, "--hgvs")
    before, after = records(source), records(output)
    assert len(before) == len(after) > 0
    keys = added_keys(source, output)
    assert "CSQ" in keys
    assert [stripped(line, keys) for line in after] == before
    head = [line for line in output.read_text().splitlines() if line.startswith("#")]
    assert [line for line in head if line in source.read_text().splitlines()] == [
        line for line in source.read_text().splitlines() if line.startswith("#")]
    bcftools("view", output)
    split = bcftools("+split-vep", "-f", "%POS %SYMBOL %Consequence %HGVSp\n", "-d", output)
    assert "missense_variant" in split and "synonymous_variant" in split


def test_a_known_change_is_named(tmp_path):
    """m.3243A>G in MT-TL1 and m.11778G>A (p.Arg340His) in MT-ND4, two well-known disease variants."""
    source = tmp_path / "known.vcf"
    source.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "MT\t3243\t.\tA\tG\t.\t.\t.\nMT\t11778\t.\tG\tA\t.\t.\t.\n")
    output = annotate(tmp_path, source, "--hgvs")
    split = bcftools("+split-vep", "-f", "%POS %SYMBOL %Consequence %Codons %HGVSp\n", "-d", output).splitlines()
    assert any(line.startswith("3243 MT-TL1 non_coding_transcript_exon_variant") for line in split)
    hit = next(line for line in split if line.startswith("11778 MT-ND4 "))
    assert "missense_variant" in hit and "cGc/cAc" in hit and hit.endswith("p.Arg340His")


def test_packed_output_has_the_same_records(tmp_path):
    plain = annotate(tmp_path, sample("mtdna-sample.vcf"))
    packed = annotate(tmp_path, sample("mtdna-sample.vcf"), name="out.vcf.gz")
    assert records(plain) == records(packed)
    subprocess.run(["tabix", "-p", "vcf", packed], check=True, capture_output=True)


def test_packed_input_is_read(tmp_path):
    source = tmp_path / "packed.vcf.gz"
    source.write_bytes(gzip.compress(sample("mtdna-sample.vcf").read_bytes()))
    assert records(annotate(tmp_path, source)) == records(annotate(tmp_path, sample("mtdna-sample.vcf"), name="b.vcf"))


def test_remarks_are_told_at_the_terminal(tmp_path):
    header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    odd = tmp_path / "odd.vcf"
    odd.write_text(header + "MT\t100\t.\tN\t<DEL>\t.\t.\tEND=99\nMT\t101\t.\tN\t<DEL>\t.\t.\tEND=98\n")
    answer = gas("annotate", odd, "-o", tmp_path / "out.vcf", "--data-directory", tmp_path / "data")
    assert answer.returncode == 0, answer.stderr
    assert re.search(r"remarks: line 3: a structural allele has an END .*, and 1 more, which '--log FILE' tells", answer.stderr)
    plain = gas(
        "annotate", sample("mtdna-small.vcf"), "-o", tmp_path / "out2.vcf", "--data-directory", tmp_path / "data")
    assert plain.returncode == 0 and "remarks" not in plain.stderr


def test_threads_do_not_change_a_byte(tmp_path):
    outputs = [records(annotate(tmp_path, sample("mtdna-sample.vcf"), "--threads", count, name=f"{count}.vcf"))
               for count in (1, 2, 5)]
    assert outputs[0] == outputs[1] == outputs[2]


def test_summary_and_log_are_written(tmp_path):
    annotate(tmp_path, sample("mtdna-sample.vcf"), "--summary", tmp_path / "s.json", "--log", tmp_path / "s.log")
    assert json.loads((tmp_path / "s.json").read_text())["records"] == len(records(sample("mtdna-sample.vcf")))
    assert "rCRS" in (tmp_path / "s.log").read_text()


def test_an_installed_assembly_has_a_name(tmp_path):
    output = annotate(tmp_path, sample("mtdna-small.vcf"), "--reference", "rCRS")
    assert "CSQ=" in output.read_text()


def test_a_reference_is_built_and_used(tmp_path):
    folder = ROOT / "Reference" / "mtdna"
    built = gas("reference", "build", "--name", "mine", "--fasta", folder / "rCRS.fa", "--gff3", folder / "rCRS.gff3",
                "--output", tmp_path / "mine.gasref")
    assert built.returncode == 0, built.stderr
    assert "16,569" in built.stdout
    output = annotate(tmp_path, sample("mtdna-small.vcf"), "--reference", tmp_path / "mine.gasref")
    assert "CSQ=" in output.read_text()


@needs_shared
def test_yeast_is_built_and_its_real_calls_annotated(tmp_path):
    folder = SHARED / "yeast"
    built = gas("reference", "build", "--name", "R64-1-1", "--fasta", folder / "sacCer3.fa.gz", "--gff3",
                folder / "R64-1-1.96.gff3.gz", "--output", tmp_path / "R64-1-1.gasref")
    assert built.returncode == 0, built.stderr
    output = annotate(tmp_path, folder / "real.vcf.gz", "--reference", tmp_path / "R64-1-1.gasref")
    assert len(records(output)) == len(records(folder / "real.vcf.gz"))
    bcftools("view", "-H", output)


@pytest.mark.parametrize("content, expected", [
    (b"", "empty"), (b"hello\n", "not a VCF"), (b"\x89PNG\r\n\x1a\n", "not a VCF"),
    (b"##fileformat=VCFv4.2\r#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\rMT\t73\t.\tA\tG\t.\t.\t.\r", "carriage returns"),
])
def test_a_refusal_is_one_sentence(tmp_path, content, expected):
    source = tmp_path / "bad.vcf"
    source.write_bytes(content)
    answer = gas("annotate", source, "-o", tmp_path / "out.vcf", "--data-directory", tmp_path / "data")
    assert answer.returncode != 0
    assert expected in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out.vcf").exists()


def test_a_terminal_sees_progress(tmp_path):
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [GAS, "annotate", sample("mtdna-sample.vcf"), "-o", tmp_path / "out.vcf", "--data-directory", tmp_path / "d"],
        cwd=ROOT, stderr=terminal)
    process.wait(60)
    os.close(terminal)
    shown = os.read(controller, 100_000).decode()
    assert process.returncode == 0, shown
    assert "100 %" in shown and "records/s" in shown


def test_the_input_is_never_replaced(tmp_path):
    source = tmp_path / "in.vcf"
    source.write_bytes(sample("mtdna-small.vcf").read_bytes())
    before = source.read_bytes()
    for output in (source, tmp_path / "." / "in.vcf"):
        answer = gas("annotate", source, "-o", output, "--data-directory", tmp_path / "data")
        assert answer.returncode != 0 and "same file" in answer.stderr
    result = tmp_path / "out.vcf"
    for flag, place in (("--log", source), ("--summary", source), ("--log", result), ("--summary", result)):
        answer = gas("annotate", source, "-o", result, flag, place, "--data-directory", tmp_path / "data")
        assert answer.returncode != 0 and "same file" in answer.stderr
        assert not result.exists()
    assert source.read_bytes() == before


def test_a_pipe_or_device_is_written_to_and_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        answer = gas("annotate", sample("mtdna-small.vcf"), "-o", pipe, "--data-directory", tmp_path / "data")
        read = reader.communicate(timeout=30)[0]
    assert answer.returncode == 0, answer.stderr
    assert b"CSQ=" in read and pipe.is_fifo()
    assert not (tmp_path / "pipe.partial").exists()


def annotated(tmp_path, name, *flags):
    result = tmp_path / name
    answer = gas("annotate", sample("mtdna-small.vcf"), "-o", result, *flags, "--data-directory", tmp_path / "data")
    assert answer.returncode == 0, answer.stderr
    return result, answer.stderr


def test_the_flags_choose_what_is_written(tmp_path):
    plain = annotated(tmp_path, "a.vcf")[0].read_text()
    picked = annotated(tmp_path, "b.vcf", "--pick-allele", "--fields", "Allele,SYMBOL,PICK")[0].read_text()
    assert "Format: Allele|SYMBOL|PICK" in picked
    assert picked.count(",") < plain.count(",")
    other = annotated(tmp_path, "c.vcf", "--ann", "--bcsq", "--no-csq")[0].read_text()
    assert ";ANN=" in other and "CSQ=" not in other.replace("BCSQ=", "")
    tools = annotated(tmp_path, "d.vcf", "--profile", "anntools")[0].read_text()
    assert "positionType=" in tools and "CSQ=" not in tools


def test_a_table_an_index_and_the_account(tmp_path):
    table, said = annotated(tmp_path, "a.tsv", "--problems", tmp_path / "problems.tsv")
    header = table.read_text().split("\n")[0].split("\t")
    assert header[:8] == ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "Allele"]
    assert re.search(r"\d+ alleles: \d+ annotated, \d+ passed through, \d+ rejected", said)
    assert (tmp_path / "problems.tsv").read_text().startswith("line\tcontig\t")
    lines = annotated(tmp_path, "a.jsonl")[0].read_text().splitlines()
    assert len(lines) == len(records(sample("mtdna-small.vcf"))) and json.loads(lines[0])
    packed = annotated(tmp_path, "a.vcf.gz", "--index")[0]
    counted = subprocess.run(["bcftools", "index", "--nrecords", packed], capture_output=True, text=True, timeout=30)
    assert counted.stdout.strip() == str(len(lines)), counted.stderr


@pytest.mark.parametrize("flags, sentence", [
    (["--fields", "Allele,NOPE"], "CSQ has no field 'NOPE' here; known are Allele"),
    (["--pick", "--most-severe"], "give one"),
    (["--distance", "1,2,3"], "is not a number of bases"),
    (["--profile", "other"], "other"),
    (["--no-csq"], "give '--ann' or '--bcsq' too"),
    (["--reference", "rCRS2"], "There is no assembly 'rCRS2': no file has that name, and installed are: rCRS."),
    (["--problems", "/proc/none/problems.tsv"], "The list of problems cannot be written"),
])
def test_flags_that_make_no_sense_are_refused(tmp_path, flags, sentence):
    answer = gas(
        "annotate", sample("mtdna-small.vcf"), "-o", tmp_path / "o.vcf", *flags, "--data-directory", tmp_path / "data")
    assert answer.returncode != 0 and sentence in answer.stderr
    assert not (tmp_path / "o.vcf").exists()
