/// Known variants in a VCF: identifiers, and the INFO values that belong to an allele.
extension KnownCompiler {
    mutating func readVCF() throws(AnnotationError) {
        var lines = try LineReader(path: source.path, name: fileName)
        var sawColumns = false
        if wants(KnownCompiler.identifierKey) { columns.append(KnownCompiler.identifierColumn) }
        while let line = try lines.next() {
            if line.hasPrefix("##") {
                readDeclaration(line)
            } else if line.hasPrefix("#CHROM") {
                sawColumns = true
            } else if !line.isEmpty {
                guard sawColumns else {
                    throw AnnotationError(.badSource, "\(fileName) is no VCF: it has no #CHROM line.", line: 1)
                }
                try readRecord(Fields(line), line: lines.lineNumber)
            }
        }
    }

    /// `##INFO=<ID=AF,Number=1,Type=Float,Description="...">`; Number=G has no meaning without genotypes.
    private mutating func readDeclaration(_ line: UnsafeBufferPointer<UInt8>) {
        guard let declaration = HeaderDeclaration(line), declaration.kind == "INFO", let key = declaration["ID"],
            wants(key), !columns.contains(where: { $0.key == key })
        else { return }
        let number = declaration["Number"] ?? "."
        if number == "G" { return }
        let type = number == "0" ? "Integer" : declaration["Type"] ?? "String"
        // A list per allele cannot be told from the list of alleles, so that its commas are encoded and it is a String.
        let isList = !["0", "1", "A", "R"].contains(number)
        columns.append(
            Column(
                key: key,
                number: number,
                type: isList ? "String" : type,
                description: declaration["Description"] ?? ""
            )
        )
    }

    private mutating func readRecord(_ fields: Fields, line: Int) throws(AnnotationError) {
        guard fields.count >= 5, let position = fields[1].decimal, position >= 1, position < Int(Int32.max) else {
            throw AnnotationError(.badSource, "\(fileName) has a record without a position or alleles.", line: line)
        }
        let reference = fields[3].map { $0 & 0xdf }
        guard let contig = fittingContig(fields[0].text, position: position, reference: reference, line: line) else {
            return
        }
        let alternates = Fields(fields[4], separator: UInt8(ascii: ","))
        let info = fields.count > 7 ? self.info(fields[7]) : [:]
        let identifier = place(ofIdentifier: fields[2])
        for number in 0..<alternates.count {
            let alternate = alternates[number].map { $0 & 0xdf }
            if alternate.isEmpty { continue }
            let values = columns.map { value(info[$0.key], of: $0, allele: number, identifier: fields[2]) }
            add(
                contig: contig, position: position, reference: reference, alternate: alternate, identifier: identifier,
                values: values)
        }
    }

    private func info(_ field: UnsafeBufferPointer<UInt8>) -> [String: UnsafeBufferPointer<UInt8>] {
        var found: [String: UnsafeBufferPointer<UInt8>] = [:]
        let pairs = Fields(field, separator: UInt8(ascii: ";"))
        for index in 0..<pairs.count {
            let pair = pairs[index]
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
            found[pair.slice(0, equals).text] = pair.slice(min(equals + 1, pair.count), pair.count)
        }
        return found
    }

    /// The place of the text of one value of one allele; 0 if it is missing.
    private mutating func value(
        _ field: UnsafeBufferPointer<UInt8>?, of column: Column, allele: Int, identifier: UnsafeBufferPointer<UInt8>
    ) -> UInt32 {
        if column.key == KnownCompiler.identifierKey && field == nil { return place(ofValue: identifier) }
        guard let field else { return 0 }
        if column.number == "0" { return place(ofValue: [UInt8(ascii: "1")]) }
        guard column.number == "A" || column.number == "R" else { return place(ofValue: field) }
        let list = Fields(field, separator: UInt8(ascii: ","))
        let index = column.number == "A" ? allele : allele + 1
        return index < list.count ? place(ofValue: list[index]) : 0
    }
}
