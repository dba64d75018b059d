package dev.windrose.decide.audit;

/**
 * One link of a chain.
 *
 * @param chain the node that kept it
 * @param sequence 1 for the first of the chain, and one more for each
 * @param previous hash of the link before; {@link AuditChain#START} for the first
 * @param hash over all of this and the hash before
 */
public record AuditEntry(String chain, long sequence, AuditEvent event, String previous, String hash) {}
