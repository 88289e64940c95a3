"""What documents claim about the repository is so."""

import re

from conftest import ROOT


def sources(*patterns):
    return "\n".join(path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def test_every_test_that_the_security_page_names_exists():
    page = (ROOT / "docs" / "security.md").read_text()
    swift = sources("Tests/*Tests/**/*.swift", "Engine/Tests/*/*.swift", "Sources/GASTesting/Conformance/*.swift")
    python = sources("Tests/EndToEnd/*.py")
    names = re.findall(r"`([A-Z]\w+(?:Tests|Conformance)(?:\.\w+)?|test_\w+)`", page)
    assert len(names) >= 60
    suite = None
    for name in names:
        if name.startswith("test_"):
            assert f"def {name}(" in python, name
            continue
        suite, _, test = name.partition(".")
        assert re.search(rf"(struct|enum) {suite}\b", swift), name
        assert not test or re.search(rf"(func|case) {test}\b", swift), name
    # Tests named alone belong to the suite before them.
    for name in re.findall(r"`([a-z][A-Za-z]+[A-Z]\w+)`", page):
        assert re.search(rf"func {name}\b", swift), name


def test_every_page_that_documents_link_to_exists():
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
