// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The program brings Swift's libraries along: it starts sooner, and runs where no toolchain is installed.
let standalone: [LinkerSetting] =
    [.unsafeFlags(["-static-stdlib"], .when(platforms: [.linux]))]
    + [
        "CoreFoundation", "_CFURLSessionInterface", "_CFXMLInterface", "_FoundationCShims", "_FoundationCollections",
        "_FoundationICU", "xml2",
    ].map { .linkedLibrary($0, .when(platforms: [.linux])) }

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "gas",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "gas", targets: ["gas"])
    ],
    dependencies: [
        .package(path: "Engine"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.10.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.0.0",
            traits: ["YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.29.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.0.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.24.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .target(name: "GAS", swiftSettings: strict),
        .target(name: "GASWorkers", dependencies: ["GAS", logging, metrics, serviceLifecycle], swiftSettings: strict),
        .target(
            name: "GASIdentity",
            dependencies: [
                "GAS", "CZxcvbn", asyncHTTPClient, crypto, cryptoExtras,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CZxcvbn", providers: [.apt(["libzxcvbn-dev"])]),
        .target(name: "GASMail", dependencies: ["GAS", "CCurl"], swiftSettings: strict),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "GASCommand",
            dependencies: [
                "GAS", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "GASDownload",
            dependencies: [
                "GAS", asyncHTTPClient, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "GASPayments",
            dependencies: [
                "GAS", asyncHTTPClient, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "GASAWS",
            dependencies: [
                "GAS", asyncHTTPClient, crypto, logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "GASEmbedded",
            dependencies: ["GAS", .product(name: "CZlib", package: "Engine"), crypto, grdb, logging],
            swiftSettings: strict),
        .target(name: "GASPostgres", dependencies: ["GAS", "CPostgres", crypto, logging], swiftSettings: strict),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "GASWeb",
            dependencies: [
                "GAS", "GASIdentity", .product(name: "CZlib", package: "Engine"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                crypto, hummingbird, hummingbirdTLS, logging, metrics, mustache, serviceLifecycle,
            ],
            resources: [.copy("Views"), .copy("Assets")],
            swiftSettings: strict),
        .target(
            name: "GASMetrics",
            dependencies: [
                "GAS", .product(name: "HTTPTypes", package: "swift-http-types"), hummingbird, logging, metrics,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(name: "GASMetricsTests", dependencies: ["GASMetrics", logging, metrics], swiftSettings: strict),
        .target(
            name: "GASFarm",
            dependencies: [
                "GAS", logging, serviceLifecycle, .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.copy("Policies")],
            swiftSettings: strict),
        .target(name: "GASTesting", dependencies: ["GAS", crypto], swiftSettings: strict),
        .executableTarget(
            name: "gas",
            dependencies: [
                "GAS", "GASWorkers", "GASIdentity", "GASMail", "GASEmbedded", "GASPostgres", "GASAWS", "GASWeb",
                "GASCommand", "GASDownload", "GASPayments", "GASFarm", "GASMetrics", asyncHTTPClient,
                .product(name: "Annotation", package: "Engine"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                crypto, logging, metrics, serviceLifecycle,
            ],
            swiftSettings: strict,
            linkerSettings: standalone),
        .target(
            name: "GASSimulation", dependencies: ["GAS", "GASWorkers", "GASTesting", logging], swiftSettings: strict),
        .executableTarget(
            name: "gas-simulate",
            dependencies: ["GASSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        .testTarget(name: "GASSimulationTests", dependencies: ["GASSimulation"], swiftSettings: strict),
        .testTarget(name: "GASTests", dependencies: ["GAS", "GASTesting"], swiftSettings: strict),
        .testTarget(
            name: "GASEmbeddedTests", dependencies: ["GASEmbedded", "GASTesting", grdb], swiftSettings: strict),
        .testTarget(name: "GASPostgresTests", dependencies: ["GASPostgres", "GASTesting"], swiftSettings: strict),
        .target(
            name: "ProviderStage",
            dependencies: [
                "GAS", "GASIdentity", crypto, cryptoExtras, hummingbird,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/ProviderStage", swiftSettings: strict),
        .testTarget(
            name: "GASIdentityTests",
            dependencies: ["GASIdentity", "GASTesting", "ProviderStage", asyncHTTPClient],
            swiftSettings: strict),
        .testTarget(
            name: "GASMailTests", dependencies: ["GASMail", "GASTesting"], swiftSettings: strict),
        .testTarget(
            name: "GASAWSTests",
            dependencies: [
                "GASAWS", "GASMail", "GASTesting", asyncHTTPClient, crypto, hummingbird, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["sign_with_botocore.py"],
            swiftSettings: strict),
        .testTarget(
            name: "GASFarmTests", dependencies: ["GASFarm", "GASTesting", logging, serviceLifecycle],
            swiftSettings: strict),
        .testTarget(name: "GASCommandTests", dependencies: ["GASCommand"], swiftSettings: strict),
        .testTarget(
            name: "GASDownloadTests",
            dependencies: ["GASDownload", "GASTesting", asyncHTTPClient], swiftSettings: strict),
        .testTarget(
            name: "GASPaymentsTests",
            dependencies: [
                "GASPayments", "GASTesting", asyncHTTPClient, crypto, hummingbird,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GASWorkersTests",
            dependencies: [
                "GASWorkers", "GASTesting", logging, serviceLifecycle,
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GASWebTests",
            dependencies: [
                "GASWeb", "GASTesting", "GASEmbedded", "ProviderStage", asyncHTTPClient,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
