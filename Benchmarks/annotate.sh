#!/bin/sh
# Annotates a million variants with gas and with bcftools csq, in turns, and prints for each the best of three runs:
#
#     gas annotate   NNN variants/s   NN MB   (all fields of CSQ, upstream and downstream too)
#     bcftools csq   NNN variants/s   NN MB   (BCSQ: consequences only)
#     ratio          N.NN
#
# Both read the same BGZF and write BGZF. The genome is 50 Mb of human gene structure: a megabase of chromosome 22, tiled.
# A ratio of the same minutes on the same machine is what to compare between machines and days.
#
# usage: Benchmarks/annotate.sh [VARIANTS]
#   GAS    the gas executable (default: .build/release/gas)
#   DATA   the folder with tools/ and hg19_chr22_20-21M/ (default: shared/data beside the repository)
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
GAS=${GAS:-$root/.build/release/gas}
DATA=${DATA:-$root/../shared/data}
variants=${1:-1000000}

for need in "$GAS" "$DATA/tools/tile_genome.py"; do
    [ -e "$need" ] || { echo "skipped: $need is not there"; exit 0; }
done
command -v bcftools > /dev/null || { echo "skipped: bcftools is not installed"; exit 0; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 "$DATA/tools/tile_genome.py" "$DATA/hg19_chr22_20-21M" tile
python3 "$DATA/tools/make_vcf.py" --fasta tile.fa --n "$variants" | bgzip > in.vcf.gz
"$GAS" reference build --name tile --fasta tile.fa --gff3 tile.gff3 --output tile.gasref > /dev/null

# Runs a command under time; keeps the shorter wall time and the larger memory in files named after it.
measure() {
    name=$1
    shift
    /usr/bin/time -f '%e %M' -o time.txt "$@" > /dev/null 2> log.txt || { cat log.txt; exit 1; }
    tail -n 1 time.txt >> "$name.times"
}

for round in 1 2 3; do
    measure gas "$GAS" annotate in.vcf.gz --reference tile.gasref --output gas.vcf.gz
    measure csq bcftools csq --local-csq --fasta-ref tile.fa --gff-annot tile.gff3 --output-type z --output csq.vcf.gz in.vcf.gz
done

awk -v variants="$variants" '
    FNR == 1 { file++ }
    { if (!(file in best) || $1 < best[file]) best[file] = $1; if ($2 > memory[file]) memory[file] = $2 }
    END {
        printf "gas annotate   %9d variants/s   %5d MB\n", variants / best[1], memory[1] / 1024
        printf "bcftools csq   %9d variants/s   %5d MB\n", variants / best[2], memory[2] / 1024
        printf "ratio          %9.2f\n", best[2] / best[1]
    }' gas.times csq.times
