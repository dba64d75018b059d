package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Takes the first candidate in the rule's own order: active and standby. */
final class Priority implements Selector {

    private final Choice first;

    Priority(Choice[] choices) {
        this.first = choices[0];
    }

    @Override
    public Choice select(Client client, long sequence) {
        return first;
    }
}
