package dev.windrose.cli.operate;

import dev.windrose.cli.remote.Failure;

/** A definition as it is named on the command line: {@code rule:web}, {@code geo:eu-to-eu}, {@code region:eu-west-1}. */
record DefinitionName(Noun noun, String name) {

    /** A name without a kind is that of a rule. */
    static DefinitionName of(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "rule" : text.substring(0, colon);
        Noun noun = switch (kind) {
            case "rule" -> Noun.RULE;
            case "geo" -> Noun.GEOGRAPHIC_RULE;
            case "region" -> Noun.REGION;
            default -> throw Failure.wrong("definition: '" + text + "' (expected: rule:NAME, geo:NAME or region:NAME)");
        };
        return new DefinitionName(noun, text.substring(colon + 1));
    }

    String path() {
        return noun.path(name);
    }

    /** As the API spells it. */
    String key() {
        return noun.name() + ":" + name;
    }
}
