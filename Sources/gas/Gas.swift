import ArgumentParser
import Configuration
import GASWeb
import GASEmbedded

@main struct Gas: ParsableCommand {}
