import Mustache

/// What a template shows, by name. Any other value is reflected by the template library at each look, which took half the time of
/// the list of jobs; so what is on the pages that most people see answers by itself.
protocol PageValue: MustacheParent {}
