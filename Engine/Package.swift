// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error)
]

let package = Package(
    name: "Engine",
    products: [
        .library(name: "Annotation", targets: ["Annotation"]),
        .library(name: "CZlib", targets: ["CZlib"]),
    ],
    targets: [
        .target(name: "Annotation", dependencies: ["CDeflate", "CISAL", "CZlib"], swiftSettings: strict),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .testTarget(name: "AnnotationTests", dependencies: ["Annotation"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
