// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds the engine builds this. `Fuzz/run` builds the targets with libFuzzer and
// AddressSanitizer, in the engine's code too, and links them with libFuzzer's `main`; `Fuzz/memory` builds `annotate` alone.
let package = Package(
    name: "Fuzz",
    products: [
        .library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"]),
        .executable(name: "annotate", targets: ["annotate"]),
    ],
    dependencies: [.package(path: "..")],
    targets: [
        .target(name: "FuzzTargets", dependencies: [.product(name: "Annotation", package: "Engine")]),
        .executableTarget(name: "annotate", dependencies: [.product(name: "Annotation", package: "Engine")]),
    ],
    swiftLanguageModes: [.v6]
)
