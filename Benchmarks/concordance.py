"""Our answers beside those of others, difference by difference.

Annotates real variants whose answers by Ensembl VEP 115.2 are at hand, compares the two for every allele and transcript,
and gives each difference a reason that is checked, not assumed. Then ClinVar's own consequences on BRCA1 against ours and
those of VEP, SnpEff and bcftools csq, and every known variant of the mitochondrion against a translation done here.
Prints Markdown, which `make concordance` keeps as docs/concordance.md.

usage: concordance.py [--without-peers]

Ends with status 1 if a share is below what we promise, or a difference has no reason.
"""

import argparse
import collections
import gzip
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import genome

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
GAS = ROOT / ".build" / "release" / "gas"
MTDNA = ROOT / "Reference" / "mtdna"

BRCA1 = ("ClinVar on BRCA1", "hg38_pieces", "hg38_tiny.fa.gz", "hmf_genes.gff3.gz", "clinvar_brca1.vep115.vcf.gz")
CHR21 = ("1000 Genomes on chromosome 21", "chr21_two_pieces", "chr21.fa.gz", "genes.gff3.gz", "1000G.vep115.vcf.gz")

failures = []


def require(holds, sentence):
    if not holds:
        failures.append(sentence)


def lines(path):
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)
    with opened as file:
        for line in file:
            if line.count("\t") >= 7 and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def info(fields, key):
    return next((part[len(key) + 1:] for part in fields[7].split(";") if part.startswith(key + "=")), "")


Answer = collections.namedtuple("Answer", "terms coding protein positions")


def answers(path):
    """By place, alleles and transcript: terms, HGVSc and HGVSp without the sequence's name, positions and codons."""
    found = {}
    for fields in lines(path):
        for entry in filter(None, info(fields, "CSQ").split(",")):
            values = entry.split("|")
            found[(*fields[:2], *fields[3:5], values[0], values[6])] = Answer(
                frozenset(values[1].split("&")), values[10].rpartition(":")[2], values[11].rpartition(":")[2], values[12:17])
    return found


def annotate(work, name, fasta, models, vcf):
    reference, output = work / f"{name}.gasref", work / f"{name}.vcf"
    subprocess.run(
        [GAS, "reference", "build", "--name", name, "--fasta", fasta, "--gff3", models, "-o", reference], check=True,
        stdout=subprocess.DEVNULL)
    subprocess.run(
        [GAS, "annotate", vcf, "-o", output, "--reference", reference, "--hgvs"], check=True, stdout=subprocess.DEVNULL)
    return output


# MARK: reasons

NEW_STOP = re.compile(r"p\.[A-Za-z]{3}(\d+).*?([A-Z][a-z]{2})?((?:fs|ext)Ter)(\d+|\?)$")


def is_mirrored(key, theirs, ours, models):
    """Theirs is what the mirrored bases behind the coding sequence say, ours what the transcript's own say."""
    transcript = models[key[5]]
    if not transcript.parts or transcript.strand == "+" or theirs.coding != ours.coding:
        return False
    own = transcript.changed(key[1], key[2], key[3])
    mirrored = transcript.changed(key[1], key[2], key[3], transcript.mirrored_trailer)
    if (theirs.terms ^ ours.terms) & {"stop_retained_variant"}:
        return all(("stop_retained_variant" in answer.terms) == keeps_stop(protein, transcript)
                   for answer, protein in ((theirs, mirrored), (ours, own)))
    return (theirs.terms == ours.terms and says(theirs.protein, mirrored, transcript)
            and says(ours.protein, own, transcript))


def keeps_stop(protein, transcript):
    last = len(transcript.coding) // 3
    return protein[last - 1:last] == "*"


def says(text, protein, transcript):
    """Whether a description of a shifted frame or an extension is that of a changed protein."""
    stop = protein.find("*") + 1
    said = NEW_STOP.fullmatch(text)
    if not said:
        # Nothing is said of an extension without a new stop, or where that comes no later than the old one.
        return "Terdelins" in re.sub(r"\d", "", text) and stop <= len(transcript.coding) // 3
    position, residue, kind, distance = int(said[1]), said[2], said[3], said[4]
    if kind == "fsTer" and genome.THREE_LETTERS.get(protein[position - 1:position]) != residue:
        return False
    first = position - 1 if kind == "fsTer" else len(transcript.coding) // 3
    return distance == (str(stop - first) if stop else "?")


def is_kept_stop(key, theirs, ours, models):
    """VEP 115 calls an insertion `stop_retained_variant` where it brings a stop into the middle of the protein; VEP 116
    corrected that. We say `stop_gained`, or `frameshift_variant`, and describe the protein accordingly."""
    transcript = models[key[5]]
    if not transcript.parts or "stop_retained_variant" not in theirs.terms or "stop_gained" not in ours.terms:
        return False
    stop = transcript.changed(key[1], key[2], key[3]).find("*")
    return 0 <= stop < (len(transcript.coding) + len(key[3]) - len(key[2])) // 3 - 1


def is_lost_region(key, theirs, ours, models):
    """VEP loses `splice_region_variant` of a change of several bases when its last run of changed bases lies outside the
    region."""
    if ours.terms ^ theirs.terms != {"splice_region_variant"} or "splice_region_variant" in theirs.terms:
        return False
    if len(key[2]) != len(key[3]):
        return False
    changed = [int(key[1]) + offset for offset, (one, other) in enumerate(zip(key[2], key[3])) if one != other]
    is_near = [models[key[5]].is_splice_region(at) for at in changed]
    return any(is_near) and not is_near[-1] and changed[-1] - changed[-2] > 1


def is_shifted_stop(key, theirs, ours, models):
    """An insertion in front of the stop codon that shifts the frame, and the stop with it; VEP says that the stop stays."""
    transcript = models[key[5]]
    return ("stop_retained_variant" in theirs.terms and "frameshift_variant" in ours.terms and len(key[3]) > len(key[2])
            and (len(key[3]) - len(key[2])) % 3 and "Ter" in ours.protein[:6]
            and not keeps_stop(transcript.changed(key[1], key[2], key[3]), transcript))


def is_without_extension(key, theirs, ours, models):
    """A deletion and insertion that takes the stop away extends the protein; VEP does not always say by how much."""
    return ours.protein.startswith(theirs.protein + "extTer") and "delins" in theirs.protein


def is_past_the_end(key, theirs, ours, models):
    """The change begins in the coding sequence and reaches past the end of a transcript that ends with its stop codon. VEP speaks
    of the 3' UTR, which that transcript does not have; we say that the stop is lost."""
    return models[key[5]].parts and not models[key[5]].trailer and "3_prime_UTR_variant" in theirs.terms and ours.terms - theirs.terms <= {"stop_lost"}


def is_kept_as_it_was(key, theirs, ours, models):
    """A stop in place of a stop is no change of the protein, `=`; VEP calls it a deletion and insertion."""
    return re.fullmatch(r"p\.Ter\d+%3D", ours.protein) and re.fullmatch(r"p\.Ter\d+delinsTer", theirs.protein)


def is_lost_start(key, theirs, ours, models):
    """What becomes of a protein without its start cannot be said, however many residues change: `p.Met1?`."""
    return "start_lost" in ours.terms and ours.protein == "p.Met1?"


REASONS = [
    ("VEP in GFF mode reads the bases behind the coding sequence of a transcript on the reverse strand from the wrong place: each "
     "exon's place within the transcript is counted from the other end. Checked by reading both: VEP's distance to the new stop is "
     "that of the mirrored bases, ours that of the transcript's own", is_mirrored),
    ("VEP 115 calls an insertion `stop_retained_variant` that brings a stop into the middle of the protein (corrected in VEP 116); we "
     "call it `stop_gained` and name the residues that follow", is_kept_stop),
    ("VEP loses `splice_region_variant` of a change of several bases when its last run of changed bases lies outside", is_lost_region),
    ("What becomes of a protein without its start cannot be said: `p.Met1?`, however many residues the change touches", is_lost_start),
    ("A change that reaches past the end of a transcript that ends with its stop codon: VEP speaks of a 3' UTR, which that transcript "
     "does not have; we say `stop_lost`", is_past_the_end),
    ("VEP says `stop_retained_variant` of an insertion in front of the stop codon that shifts the frame, and the stop with it",
     is_shifted_stop),
    ("A deletion and insertion that takes the stop away extends the protein; VEP does not always say by how much",
     is_without_extension),
    ("A stop in place of a stop is no change of the protein, `=`; VEP calls it a deletion and insertion", is_kept_as_it_was),
]


# MARK: against VEP

def against_vep(work, name, folder, fasta, models, vcf):
    folder = DATA / folder
    theirs = answers(folder / vcf)
    ours = answers(annotate(work, folder.name, folder / fasta, folder / models, folder / vcf))
    require(theirs.keys() == ours.keys(), f"{name}: not the same pairs of allele and transcript")
    transcripts = genome.transcripts(folder / fasta, folder / models, coding=False)
    shares = collections.Counter()
    differing = collections.defaultdict(list)
    for key, their in theirs.items():
        our = ours[key]
        reason = next((number for number, (_, test) in enumerate(REASONS) if test(key, their, our, transcripts)), None) \
            if their != our else None
        for field in Answer._fields:
            shares[field] += getattr(their, field) == getattr(our, field)
        shares["protein, mirrored bases apart"] += their.protein == our.protein or reason == 0
        if their != our:
            differing[reason].append((key, their, our))
    return {field: count / len(theirs) for field, count in shares.items()}, len(theirs), differing


WANTED = {"terms": 0.999, "coding": 0.999, "protein, mirrored bases apart": 0.999, "positions": 0.999}
TITLES = {"terms": "consequence terms", "coding": "HGVSc", "protein": "HGVSp",
          "protein, mirrored bases apart": "HGVSp, but for VEP's mirrored bases", "positions": "positions, residues, codons"}


def write_vep(work):
    results = [(data[0], *against_vep(work, *data)) for data in (BRCA1, CHR21)]
    print("## Against Ensembl VEP 115.2\n\nThe share of pairs of allele and transcript with the same answer.\n")
    print("| | " + " | ".join(name for name, *_ in results) + " |\n|---|" + "---:|" * len(results))
    print("| pairs | " + " | ".join(f"{count:,}" for _, _, count, _ in results) + " |")
    for field, title in TITLES.items():
        print(f"| {title} | " + " | ".join(f"{100 * shares[field]:.3f} %" for _, shares, _, _ in results) + " |")
    for name, shares, _, _ in results:
        for field, least in WANTED.items():
            require(shares[field] >= least, f"{name}: {TITLES[field]} {shares[field]:.5f} is below {least}")
    for name, _, _, differing in results:
        if differing:
            write_differences(name, differing)


def write_differences(name, differing):
    print(f"\n### Every difference: {name}\n")
    for number, (reason, _) in enumerate(REASONS):
        if number in differing:
            write_reason(reason, differing[number])
    unexplained = differing.get(None, [])
    require(not unexplained, f"{name}: no reason for {len(unexplained)} pairs")
    print(f"Without a reason: {len(unexplained)}.")
    for key, theirs, ours in unexplained[:20]:
        print(f"- {key[0]}:{key[1]} {short(key[2])}>{short(key[3])} {key[5]}: VEP {'&'.join(sorted(theirs.terms))} {theirs.protein}; ours {'&'.join(sorted(ours.terms))} {ours.protein}")


def write_reason(reason, entries):
    """One row for each variant; where its transcripts differ alike, one of them speaks for all."""
    print(f"**{reason}.** {len(entries):,} pairs:\n\n| variant | transcripts | for example | VEP | GAS |\n|---|---:|---|---|---|")
    variants = collections.defaultdict(list)
    for key, theirs, ours in entries:
        variants[key[:4]].append((key[5], theirs, ours))
    for (contig, position, reference, alternate), found in variants.items():
        transcript, theirs, ours = found[0]
        def answer(one, other):
            terms = "&".join(sorted(one.terms)) if one.terms != other.terms else ""
            return " ".join(filter(None, [terms, f"`{one.protein}`" if one.protein != other.protein else ""])) or "the same terms"
        print(f"| {contig}:{position} {short(reference)}>{short(alternate)} | {len(found)} | {transcript} "
              f"| {answer(theirs, ours)} | {answer(ours, theirs)} |")
    print()


def short(allele):
    return allele if len(allele) <= 12 else f"{allele[:6]}...({len(allele)})"


# MARK: against ClinVar

MANE = "ENST00000357654"
# ClinVar's words for what the Sequence Ontology, as the annotators use it, says otherwise.
WORDS = {
    "nonsense": {"stop_gained"},
    "initiator_codon_variant": {"start_lost", "initiator_codon_variant"},
    "inframe_indel": {
        "inframe_insertion", "inframe_deletion", "protein_altering_variant", "disruptive_inframe_insertion",
        "disruptive_inframe_deletion", "conservative_inframe_insertion", "conservative_inframe_deletion"},
    "inframe_insertion": {"inframe_insertion", "disruptive_inframe_insertion", "conservative_inframe_insertion"},
    "inframe_deletion": {"inframe_deletion", "disruptive_inframe_deletion", "conservative_inframe_deletion"},
    "non-coding_transcript_variant": {"non_coding_transcript_variant", "non_coding_transcript_exon_variant"},
    "5_prime_UTR_variant": {"5_prime_UTR_variant", "5_prime_UTR_premature_start_codon_gain_variant"},
}
# What bcftools csq leaves the second half of a word away from.
BCSQ_WORDS = {word: word + "_variant" for word in
              ("synonymous", "missense", "frameshift", "intron", "5_prime_utr", "3_prime_utr", "splice_donor", "splice_acceptor",
               "splice_region", "non_coding")}


def clinvar():
    """What ClinVar says of each variant: a list of sets of terms, any of which agrees."""
    for fields in lines(DATA / "hg38_pieces" / "clinvar_brca1.vcf.gz"):
        said = [word.partition("|")[2] for word in filter(None, info(fields, "MC").split(","))]
        if said:
            yield (*fields[:2], *fields[3:5]), [WORDS.get(word, {word}) for word in said]


def agreement(terms):
    """The shares of variants for which one of ClinVar's consequences is given for the MANE transcript, and for any.

    Variants that the annotator left out count as disagreeing, but for those that VEP's answers lack.
    """
    total = mane = every = 0
    known = {key[:4] for key in answers(DATA / "hg38_pieces" / BRCA1[4])}
    for variant, said in clinvar():
        if variant not in known:
            continue
        total += 1
        by_transcript = terms.get(variant, {})
        mane += any(words & by_transcript.get(MANE, frozenset()) for words in said)
        every += any(words & frozenset().union(*by_transcript.values()) for words in said)
    return total, mane / total, every / total


def terms_of_csq(path):
    found = collections.defaultdict(dict)
    for (*variant, _, transcript), answer in answers(path).items():
        found[tuple(variant)][transcript.partition(".")[0]] = answer.terms
    return found


def terms_of_ann(path):
    found = collections.defaultdict(dict)
    for fields in lines(path):
        for entry in filter(None, info(fields, "ANN").split(",")):
            values = entry.split("|")
            transcript = values[6].removeprefix("transcript:").partition(".")[0]
            variant = found[(*fields[:2], *fields[3:5])]
            variant[transcript] = variant.get(transcript, frozenset()) | frozenset(values[1].split("&"))
    return found


def terms_of_bcsq(path):
    found = collections.defaultdict(dict)
    for fields in lines(path):
        for entry in filter(None, info(fields, "BCSQ").split(",")):
            values = entry.lstrip("*").split("|")
            if len(values) > 2:
                words = frozenset(
                    BCSQ_WORDS.get(word, word).replace("utr", "UTR") for word in values[0].lstrip("*").split("&"))
                variant = found[(*fields[:2], *fields[3:5])]
                variant[values[2]] = variant.get(values[2], frozenset()) | words
    return found


def snpeff(work, fasta, models, vcf):
    home = work / "snpeff"
    piece = home / "data" / "pieces"
    piece.mkdir(parents=True)
    shutil.copy(fasta, piece / "sequences.fa")
    with gzip.open(models, "rb") as source, open(piece / "genes.gff", "wb") as target:
        shutil.copyfileobj(source, target)
    (home / "snpEff.config").write_text("data.dir = ./data/\npieces.genome : pieces\n")
    program = shutil.which("snpEff") or shutil.which("snpeff")
    subprocess.run(
        [program, "build", "-c", "snpEff.config", "-gff3", "-noCheckCds", "-noCheckProtein", "pieces"], cwd=home, check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(work / "snpeff.vcf", "wb") as output:
        subprocess.run(
            [program, "ann", "-noStats", "-c", "snpEff.config", "pieces", vcf], cwd=home, check=True, stdout=output,
            stderr=subprocess.DEVNULL)
    return work / "snpeff.vcf"


def csq(work, fasta, models, vcf):
    output = work / "bcsq.vcf"
    subprocess.run(
        ["bcftools", "csq", "--local-csq", "--ncsq", "64", "-f", fasta, "-g", models, "-Ov", "-o", output, vcf], check=True,
        stderr=subprocess.DEVNULL)
    return output


def write_clinvar(work, with_peers):
    folder = DATA / "hg38_pieces"
    rows = [("GAS", agreement(terms_of_csq(work / "hg38_pieces.vcf"))),
            ("VEP 115.2", agreement(terms_of_csq(folder / BRCA1[4])))]
    if with_peers:
        fasta = work / "pieces.fa"
        with gzip.open(folder / BRCA1[2], "rb") as source, open(fasta, "wb") as target:
            shutil.copyfileobj(source, target)
        vcf = folder / "clinvar_brca1.vcf.gz"
        rows.append(("SnpEff 5.1", agreement(terms_of_ann(snpeff(work, fasta, folder / BRCA1[3], vcf)))))
        rows.append(("bcftools csq", agreement(terms_of_bcsq(csq(work, fasta, folder / BRCA1[3], vcf)))))
    print("\n## Against ClinVar's own consequences\n\nThe share of ClinVar's variants on BRCA1 for which one of the consequences that "
          "ClinVar states (`MC`) is given.\n\n| | variants | for the MANE transcript | for any transcript |\n|---|---:|---:|---:|")
    for name, (total, mane, every) in rows:
        print(f"| {name} | {total:,} | {100 * mane:.2f} % | {100 * every:.2f} % |")
    require(all(rows[0][1][1] >= row[1][1] for row in rows[1:]), "ClinVar: a peer agrees more often on the MANE transcript")
    require(all(rows[0][1][2] >= row[1][2] for row in rows[1:]), "ClinVar: a peer agrees more often on any transcript")


# MARK: the mitochondrion

def write_mitochondrion(work):
    """Every known variant, translated here with NCBI's table 2, against the residues of our answers."""
    vcf = MTDNA / "known.vcf.gz"
    ours = answers(annotate(work, "rCRS", MTDNA / "rCRS.fa", MTDNA / "rCRS.gff3", vcf))
    transcripts = genome.transcripts(MTDNA / "rCRS.fa", MTDNA / "rCRS.gff3", table=2)
    checked = changed = wrong = 0
    predicted = missense = 0
    for fields in lines(vcf):
        kinds = set()
        for name, transcript in transcripts.items():
            residues = transcript.residues(int(fields[1]), fields[4])
            if residues is None:
                continue
            checked += 1
            answer = ours.get((*fields[:2], *fields[3:5], fields[4], name))
            said = answer.positions[3] if answer else None
            before, after, number = residues
            expected = before if before == after else f"{before}/{after}"
            wrong += said != expected or answer.positions[2] != str(number)
            changed += before != after
            kinds |= answer.terms if answer else set()
        if info(fields, "POLYPHEN") or info(fields, "MUTPRED"):
            predicted += 1
            missense += bool(kinds & {"missense_variant", "start_lost"})
    require(checked > 30_000 and wrong == 0, f"mitochondrion: {wrong} of {checked} residues differ")
    require(predicted > 20_000 and missense >= 0.999 * predicted, f"mitochondrion: {missense} of {predicted} change a residue")
    print(f"\n## The human mitochondrion\n\nAll {len(transcripts)} proteins translate from start to stop. The known variants change "
          f"{changed:,} codons of a protein to another residue and leave {checked - changed:,} as they were: {wrong} of the "
          f"{checked:,} differ from a translation by other means. Of the {predicted:,} variants that PolyPhen-2 or MutPred score, "
          f"which they do for changes of a residue, {missense:,} are `missense_variant` or `start_lost` here.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-peers", action="store_true", help="leave out SnpEff and bcftools csq")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: the real data is not there ({DATA})", file=sys.stderr)
        return 0
    print("# Concordance\n\nThe output of `make concordance`: our answers beside those of others, on real variants and gene models. "
          "Each\ndifference is listed, with a reason that was checked.\n")
    with tempfile.TemporaryDirectory() as folder:
        write_vep(pathlib.Path(folder))
        write_clinvar(pathlib.Path(folder), not options.without_peers)
        write_mitochondrion(pathlib.Path(folder))
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
