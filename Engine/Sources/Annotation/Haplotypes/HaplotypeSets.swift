/// One allele of one site, as part of a haplotype.
struct HaplotypeMember: Hashable {
    let site: Int32
    let allele: Int32
}

/// One haplotype of one sample.
struct HaplotypeOwner: Equatable {
    let sample: Int32
    let copy: Int32
}

/// Sorts what the samples carry at the sites of one transcript into the sets of alleles that lie together on a haplotype.
struct HaplotypeSets {
    /// Each set of two or more alleles, in the order of the file, with the haplotypes that hold it; in the order of the
    /// samples.
    private(set) var sets: [(members: [HaplotypeMember], owners: [HaplotypeOwner])] = []
    private var numbers: [[HaplotypeMember]: Int] = [:]

    private struct Row {
        let carrier: Carrier
        let site: Int32
    }

    init(_ numbers: [Int], of sites: borrowing HaplotypeSites) {
        var rows: [Row] = []
        for number in numbers {
            for index in sites.sites[number].carriers {
                rows.append(Row(carrier: sites.carriers[index], site: Int32(number)))
            }
        }
        rows.sort {
            ($0.carrier.sample, $0.carrier.copy, $0.site, $0.carrier.allele)
                < ($1.carrier.sample, $1.carrier.copy, $1.site, $1.carrier.allele)
        }
        var first = 0
        while first < rows.count {
            let owner = HaplotypeOwner(sample: rows[first].carrier.sample, copy: rows[first].carrier.copy)
            var last = first
            while last < rows.count && rows[last].carrier.sample == owner.sample
                && rows[last].carrier.copy == owner.copy
            { last += 1 }
            if last - first > 1 { add(rows[first..<last], owner) }
            first = last
        }
    }

    /// Homozygous alleles lie on the haplotype of every phase set; others with those of their own set.
    private mutating func add(_ rows: ArraySlice<Row>, _ owner: HaplotypeOwner) {
        let phaseSets = Set(rows.map(\.carrier.set)).subtracting([Carrier.everySet]).sorted()
        for phaseSet in phaseSets.isEmpty ? [Carrier.everySet] : phaseSets {
            let members = rows.filter { $0.carrier.set == Carrier.everySet || $0.carrier.set == phaseSet }
                .map { HaplotypeMember(site: $0.site, allele: $0.carrier.allele) }
            if members.count > 1 { add(members, owner) }
        }
    }

    private mutating func add(_ members: [HaplotypeMember], _ owner: HaplotypeOwner) {
        if let number = numbers[members] {
            sets[number].owners.append(owner)
        } else {
            numbers[members] = sets.count
            sets.append((members, [owner]))
        }
    }
}
