// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds the engine builds this. `Fuzz/run` builds it with libFuzzer and
// AddressSanitizer, in the engine's code too, and links it with libFuzzer's `main`.
let package = Package(
    name: "Fuzz",
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    dependencies: [.package(path: "..")],
    targets: [
        .target(name: "FuzzTargets", dependencies: [.product(name: "Annotation", package: "Engine")])
    ],
    swiftLanguageModes: [.v6]
)
