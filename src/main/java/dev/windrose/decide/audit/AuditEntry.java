package dev.windrose.decide.audit;

/**
 * One link of a chain.
 *
 * @param chain the node that recorded it
 * @param sequence 1 for the first entry of the chain, then increasing by one
 * @param previous hash of the previous entry; {@link AuditChain#START} for the first
 * @param hash over this entry and the previous hash
 */
public record AuditEntry(String chain, long sequence, AuditEvent event, String previous, String hash) {}
