"""Transcripts and their sequences, read plainly: what our answers are checked against."""

import gzip
import re

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
# The genetic codes by number (NCBI): residues of the codons in the order T, C, A, G.
CODES = {
    1: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    2: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
}


THREE_LETTERS = dict(zip("ACDEFGHIKLMNPQRSTVWYX*", (
    "Ala Cys Asp Glu Phe Gly His Ile Lys Leu Met Asn Pro Gln Arg Ser Thr Val Trp Tyr Xaa Ter").split()))


def read(path):
    return gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)


def reverse_complement(bases):
    return bases.translate(COMPLEMENT)[::-1]


def translate(codon, table=1):
    if "N" in codon:
        return "X"
    index = 0
    for base in codon:
        index = index * 4 + "TCAG".index(base)
    return CODES[table][index]


class Transcript:
    """Exons and coding parts, 1-based and closed, of one coding transcript on a contig's sequence."""

    def __init__(self, sequence, strand, table):
        self.sequence, self.strand, self.table = sequence, strand, table
        self.exons, self.parts = [], []

    def join(self, intervals):
        bases = "".join(self.sequence[begin - 1:end] for begin, end in sorted(intervals))
        return reverse_complement(bases) if self.strand == "-" else bases

    @property
    def coding(self):
        return self.join(self.parts)

    @property
    def trailer(self):
        """The bases behind the coding sequence."""
        return self.behind(self.join(self.exons))

    @property
    def mirrored_trailer(self):
        """The same with each exon's place counted from the transcript's other end."""
        first, last = min(begin for begin, _ in self.exons), max(end for _, end in self.exons)
        return self.behind("".join(
            reverse_complement(self.sequence[last - (end - first) - 1:last - (begin - first)])
            for begin, end in sorted(self.exons, reverse=True)))

    def behind(self, spliced):
        if self.strand == "-":
            lowest = min(begin for begin, _ in self.parts)
            untranslated = sum(min(end + 1, lowest) - begin for begin, end in self.exons if begin < lowest)
        else:
            highest = max(end for _, end in self.parts)
            untranslated = sum(end - max(begin - 1, highest) for begin, end in self.exons if end > highest)
        return spliced[len(spliced) - untranslated:]

    @property
    def places(self):
        """The positions of the bases from the first coding one to the transcript's end."""
        first = max(end for _, end in self.parts) if self.strand == "-" else min(begin for begin, _ in self.parts)
        behind = (lambda at: at <= first) if self.strand == "-" else (lambda at: at >= first)
        places = [at for begin, end in sorted(self.exons) for at in range(begin, end + 1) if behind(at)]
        return places[::-1] if self.strand == "-" else places

    def is_splice_region(self, at):
        """Whether a base is one of the 3 of an exon, or of the bases 3 to 8 of an intron, beside where the two meet."""
        exons = sorted(self.exons)
        return any(end - 3 < at <= end or end + 3 <= at <= end + 8 or begin <= at < begin + 3 or begin - 8 <= at <= begin - 3
                   for (_, end), (begin, _) in zip(exons, exons[1:]))

    def changed(self, position, reference, alternate, trailer=None):
        """The protein after a change, read to the transcript's end; `trailer` replaces the bases behind the coding sequence."""
        begin, end = int(position), int(position) + len(reference)
        if reference[0] == alternate[0] and len(reference) != len(alternate):
            begin, alternate = begin + 1, alternate[1:]
        added = reverse_complement(alternate) if self.strand == "-" else alternate
        bases, pending = [], added
        before = end - 1 if self.strand == "-" else begin  # where an insertion goes in front of
        for at, base in zip(self.places, self.coding + (self.trailer if trailer is None else trailer)):
            if pending and (begin <= at < end or (begin == end and at == before)):
                bases.append(pending)
                pending = ""
            if not begin <= at < end:
                bases.append(base)
        bases = "".join(bases)
        return "".join(translate(bases[at:at + 3], self.table) for at in range(0, len(bases) - 2, 3))

    def residues(self, position, base):
        """Residue, changed residue and number of the codon that a base of the sequence is in; none if it is in none.

        A stop that the poly-A tail completes is read with that tail.
        """
        index = 0
        for begin, end in sorted(self.parts, reverse=self.strand == "-"):
            if begin <= position <= end:
                index += position - begin if self.strand == "+" else end - position
                break
            index += end - begin + 1
        else:
            return None
        coding = self.coding
        coding += "A" * (-len(coding) % 3)
        if self.strand == "-":
            base = base.translate(COMPLEMENT)
        begin = index - index % 3
        codon = coding[begin:begin + 3]
        changed = codon[:index % 3] + base + codon[index % 3 + 1:]
        if "N" in codon + changed:
            return None
        return translate(codon, self.table), translate(changed, self.table), begin // 3 + 1


def sequences(path):
    found, name = {}, None
    with read(path) as file:
        for line in file:
            if line.startswith(">"):
                name = line[1:].split()[0]
                found[name] = []
            else:
                found[name].append(line.strip().upper())
    return {name: "".join(parts) for name, parts in found.items()}


def transcripts(fasta, models, table=1, coding=True):
    """The transcripts by name, as the answers name them; without `coding` also those that code for nothing."""
    contigs = sequences(fasta)
    names = {name.removeprefix("chr"): name for name in contigs}
    found, versionless = {}, re.compile(r"(?:transcript:)?([^;]+)")
    with read(models) as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("#") or len(fields) < 9 or fields[2] not in ("exon", "CDS"):
                continue
            parent = re.search(r"Parent=([^;]+)", fields[8])
            contig = names.get(fields[0].removeprefix("chr"))
            if not parent or not contig:
                continue
            name = versionless.match(parent[1])[1]
            transcript = found.setdefault(name, Transcript(contigs[contig], fields[6], table))
            (transcript.exons if fields[2] == "exon" else transcript.parts).append((int(fields[3]), int(fields[4])))
    return {name: transcript for name, transcript in found.items() if transcript.parts or not coding}
