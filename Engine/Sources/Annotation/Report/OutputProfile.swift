/// Which INFO fields say what a variant does. Known variants and regions are written under every profile.
public enum OutputProfile: String, Sendable, Codable, CaseIterable {
    /// `CSQ`, in Ensembl VEP's format.
    case gas
    /// The fields of AnnTools (Makarov et al., Bioinformatics 2012), for programs that read its output: `name2`,
    /// `positionType`, `changesAA` and the others that `docs/anntools.md` lists. There is no CSQ.
    case anntools
}
