package dev.windrose.decide.route;

import dev.windrose.model.Client;

/**
 * How one algorithm chooses among the candidates of a compiled rule.
 *
 * <p>Runs on the decision path: no lock, no allocation, no clock. The same table, client, sequence number and loads give
 * the same choice.
 */
interface Selector {

    /**
     * The choice.
     *
     * @param sequence number of this decision among the rule's decisions on this node; any value is valid
     */
    Choice select(Client client, long sequence);
}
