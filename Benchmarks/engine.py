"""The engine against its peers, on this machine, in one run.

Both sides of a pair annotate the same file in turns, and the best of several rounds counts: a ratio of the same minutes
is what can be compared between machines and days. Also measured: memory and time from ten thousand variants to ten
million, and how long an assembly takes to open. Prints Markdown, from which `Benchmarks/run` makes docs/benchmarks.md.

usage: engine.py [--variants N] [--rounds N] [--quick]
"""

import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
WORK = ROOT / ".build" / "benchmarks"
GAS = ROOT / ".build" / "release" / "gas"
# Plain results go nowhere: ours are a gigabyte of text, and it is not the disk that is to be measured.
NOWHERE = "/dev/null"


class Command:
    """One side of a pair."""

    def __init__(self, *arguments, shell=False):
        self.arguments = arguments[0] if shell else [str(argument) for argument in arguments]
        self.shell = shell

    def run(self):
        """Wall seconds, processor seconds and the peak of anonymous memory in MB."""
        with open(WORK / "log.txt", "w") as log:
            begin = time.monotonic()
            process = subprocess.Popen(self.arguments, cwd=WORK, stdout=log, stderr=log, shell=self.shell)
            anonymous = 0
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                anonymous = max(anonymous, anonymous_memory(process.pid))
                time.sleep(0.005)
            wall = time.monotonic() - begin
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{self.arguments} failed:\n{(WORK / 'log.txt').read_text()[-2000:]}")
        return wall, usage.ru_utime + usage.ru_stime, anonymous / 1024


def anonymous_memory(pid):
    """What a process has in memory beside mapped files, in KB; the assembly is such a file."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def gas(source, target, *flags, reference="tile.gasref", threads=2):
    return Command(GAS, "annotate", source, "-o", target, "--reference", reference, "--threads", threads, *flags)


def make(target, command):
    """Makes a file of the work folder, once."""
    if not (WORK / target).exists():
        part = WORK / f"{target}.part"
        subprocess.run(command, cwd=WORK, shell=True, check=True, stdout=open(part, "wb"))
        part.rename(WORK / target)


def prepare(variants):
    WORK.mkdir(parents=True, exist_ok=True)
    tools = DATA / "tools"
    if not (WORK / "tile.gff3").exists():
        subprocess.run(
            [sys.executable, tools / "tile_genome.py", DATA / "hg19_chr22_20-21M", "tile"], cwd=WORK, check=True,
            stdout=subprocess.DEVNULL)
    vcf = f"{sys.executable} {tools}/make_vcf.py --fasta tile.fa"
    make("in.vcf", f"{vcf} --n {variants}")
    make("in.vcf.gz", "bgzip -c in.vcf")
    make("samples.vcf", f"{vcf} --n {variants // 10} --samples 100")
    # Known variants: the same positions, with frequencies, as gnomAD or dbSNP would have them.
    make("known.vcf.gz", r"""awk 'BEGIN { OFS = "\t" } /^##INFO/ { print "##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency\">"; next }
        /^#/ { print; next } { split($5, a, ","); $3 = "rs" NR; $8 = "AF=0.01"; for (i = 2; i in a; i++) $8 = $8 ",0.01"; print }' in.vcf | bgzip -c""")
    for name in ("known.vcf.gz", "in.vcf.gz"):
        subprocess.run(["tabix", "-f", "-p", "vcf", name], cwd=WORK, check=True)
    build = [GAS, "reference", "build", "--replace", "--name", "tile", "--fasta", "tile.fa"]
    subprocess.run([*build, "--gff3", "tile.gff3", "-o", "tile.gasref"], cwd=WORK, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        [*build, "--known", "known=known.vcf.gz", "-o", "known.gasref"], cwd=WORK, check=True,
        stdout=subprocess.DEVNULL)
    (WORK / "vcfanno.toml").write_text('[[annotation]]\nfile="known.vcf.gz"\nfields=["AF"]\nops=["self"]\nnames=["known_AF"]\n')


CSQ = ["bcftools", "csq", "--local-csq", "--fasta-ref", "tile.fa", "--gff-annot", "tile.gff3"]


def pairs(variants):
    """Name, our command, the peer's, the number of records, and the ratio that we want at least."""
    csq = "bcftools csq -l"
    return [
        ("consequences and HGVS", gas("in.vcf", NOWHERE, "--hgvs"),
         csq, Command(*CSQ, "-Ov", "-o", NOWHERE, "in.vcf"), variants, 3),
        ("consequences", gas("in.vcf", NOWHERE),
         csq, Command(*CSQ, "-Ov", "-o", NOWHERE, "in.vcf"), variants, 5),
        ("consequences and HGVS of 100 samples", gas("samples.vcf", NOWHERE, "--hgvs"),
         csq, Command(*CSQ, "-Ov", "-o", NOWHERE, "samples.vcf"), variants // 10, 10),
        ("known variants", gas("in.vcf", NOWHERE, reference="known.gasref"),
         "bcftools annotate", Command(
             "bcftools", "annotate", "-a", "known.vcf.gz", "-c", "ID,INFO/known_AF:=INFO/AF", "-Ov", "-o", NOWHERE, "in.vcf.gz"),
         variants, 5),
        ("known variants, two threads each", gas("in.vcf", NOWHERE, reference="known.gasref"),
         "vcfanno -p 2", Command("vcfanno -p 2 vcfanno.toml in.vcf.gz > /dev/null", shell=True), variants, 15),
        ("consequences and HGVS, BGZF to BGZF", gas("in.vcf.gz", "gas.vcf.gz", "--hgvs"),
         "bcftools view (a copy)", Command("bcftools", "view", "-Oz", "-o", "peer.vcf.gz", "in.vcf.gz"), variants, 1),
    ]


def compare(rounds, variants):
    print("| what | GAS, variants/s | peer | peer, variants/s | ratio | wanted |")
    print("|---|---:|---|---:|---:|---:|")
    for name, ours, peer, theirs, records, wanted in pairs(variants):
        best = [float("inf"), float("inf")]
        for _ in range(rounds):
            for side, command in enumerate((ours, theirs)):
                best[side] = min(best[side], command.run()[0])
        print(f"| {name} | {records / best[0]:,.0f} | {peer} | {records / best[1]:,.0f} | {best[1] / best[0]:.1f} | {wanted} |",
              flush=True)


def snpeff():
    """SnpEff is too slow for a million: ten thousand variants, less the time of none."""
    if not shutil.which("snpEff"):
        return
    home = WORK / "snpeff"
    genome = home / "data" / "tile"
    if not (genome / "snpEffectPredictor.bin").exists():
        genome.mkdir(parents=True, exist_ok=True)
        shutil.copy(WORK / "tile.fa", genome / "sequences.fa")
        shutil.copy(WORK / "tile.gff3", genome / "genes.gff")
        (home / "snpEff.config").write_text("data.dir = ./data/\ntile.genome : tile\n")
        subprocess.run(
            ["snpEff", "build", "-c", "snpEff.config", "-gff3", "-noCheckCds", "-noCheckProtein", "tile"], cwd=home,
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    few = 20_000
    make("few.vcf", f"awk '/^#/ {{ print; next }} n++ < {few}' in.vcf")
    make("none.vcf", "grep '^#' in.vcf")
    def run(name):
        return Command(f"snpEff ann -noStats -c snpeff/snpEff.config tile {name} > /dev/null", shell=True).run()[0]
    seconds = run("few.vcf") - run("none.vcf")
    ours = min(gas("in.vcf", NOWHERE, "--hgvs").run()[0] for _ in range(2))
    million = sum(1 for line in open(WORK / "in.vcf", "rb") if not line.startswith(b"#"))
    print(f"| consequences and HGVS | {million / ours:,.0f} | SnpEff, without its start | {few / seconds:,.0f} "
          f"| {million / ours / (few / seconds):.0f} | 100 |")


def growth(largest):
    print("\n| variants | seconds | variants/s | memory beside the mapped assembly |")
    print("|---:|---:|---:|---:|")
    count = 10_000
    while count <= largest:
        name = f"in-{count}.vcf"
        make(name, f"{sys.executable} {DATA}/tools/make_vcf.py --fasta tile.fa --n {count}")
        best = min((gas(name, NOWHERE, "--hgvs").run() for _ in range(2)), key=lambda run: run[0])
        print(f"| {count:,} | {best[0]:.2f} | {count / best[0]:,.0f} | {best[2]:.0f} MB |", flush=True)
        (WORK / name).unlink()
        count *= 10


def opening():
    """How long an assembly takes to open: a run over one record, less one that only prints the version."""
    make("one.vcf", "awk '/^#/ { print; next } n++ < 1' in.vcf")
    def best(command):
        return min(command.run()[0] for _ in range(5))
    seconds = best(gas("one.vcf", NOWHERE)) - best(Command(GAS, "--version"))
    print(f"\nOpening the assembly and annotating one record take {1000 * seconds:.0f} ms more than starting the program does.")


def profile(rows=15):
    """Where the time goes, by samples of one worker; left out without Linux's perf."""
    if not shutil.which("perf"):
        return
    data = WORK / "profile.data"
    command = [GAS, "annotate", "in.vcf", "-o", NOWHERE, "--reference", "tile.gasref", "--threads", "1", "--hgvs"]
    recorded = subprocess.run(
        ["perf", "record", "-e", "cpu-clock", "-F", "4000", "-o", data, *command], cwd=WORK, capture_output=True)
    if recorded.returncode != 0:
        return
    report = subprocess.run(
        ["perf", "report", "-i", data, "--stdio", "--no-children", "-F", "overhead,symbol"], cwd=WORK, check=True,
        capture_output=True, text=True).stdout
    report = subprocess.run(
        ["swift", "demangle", "--simplified"], input=report, check=True, capture_output=True, text=True).stdout
    print("\n## Where the time goes\n\nConsequences and HGVS, one thread, by samples of `perf`.\n\n| share | function |\n|---:|---|")
    found = [line.split(maxsplit=2) for line in report.splitlines() if line.strip() and not line.startswith("#")]
    for share, place, symbol in found[:rows]:
        print(f"| {share} | {'the kernel: ' if place == '[k]' else ''}`{symbol.removeprefix('specialized ')}` |")
    data.unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=int, default=10_000_000)
    options = parser.parse_args()
    for tool in ("bcftools", "bgzip", "tabix", "vcfanno"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not installed: run 'make setup-test'.")
    if not DATA.is_dir():
        print(f"skipped: the benchmark genome is not there ({DATA})", file=sys.stderr)
        return
    prepare(options.variants)
    processors = len(os.sched_getaffinity(0))
    print(f"{options.variants:,} variants on a genome of 50 Mb with 11,250 transcripts; two threads; "
          f"{processors} processor cores, {platform.machine()}.\n")
    compare(options.rounds, options.variants)
    snpeff()
    growth(options.largest)
    opening()
    profile()
    for leftover in ("gas.vcf.gz", "peer.vcf.gz"):
        (WORK / leftover).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
