package dev.windrose.live.health;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The answer of a name server: it is good when it gives a client an address of the name. */
final class DnsAnswer {

    private static final int ALIASES_AT_MOST = 16;

    /**
     * Why the answer has no address for a client; empty when it has one.
     *
     * @param name that was asked for; its aliases in the answer are followed
     * @param type A or AAAA
     */
    static String problem(Message answer, Name name, int type) {
        if (answer.getRcode() != Rcode.NOERROR) {
            return Type.string(type) + " was answered with " + Rcode.string(answer.getRcode());
        }
        Name last = lastAlias(answer, name);
        boolean odd = false;
        for (Record record : answer.getSection(Section.ANSWER)) {
            InetAddress address = address(record, type);
            if (address != null && record.getName().equals(last)) {
                if (!address.isAnyLocalAddress()) {
                    return "";
                }
                odd = true;
            }
        }
        if (odd) {
            return Type.string(type) + " was answered with " + (type == Type.A ? "0.0.0.0" : "::");
        }
        int records = answer.getSection(Section.ANSWER).size();
        return Type.string(type) + " was answered with "
                + (records == 0 ? "no record" : "none among " + records + " records")
                + (answer.getHeader().getFlag(Flags.TC) ? ", truncated" : "");
    }

    private static @Nullable InetAddress address(Record record, int type) {
        if (record.getDClass() != DClass.IN || record.getType() != type) {
            return null;
        }
        if (record instanceof ARecord a) {
            return a.getAddress();
        }
        return record instanceof AAAARecord aaaa ? aaaa.getAddress() : null;
    }

    private static Name lastAlias(Message answer, Name name) {
        Set<Name> seen = new HashSet<>();
        Name at = name;
        while (seen.add(at) && seen.size() <= ALIASES_AT_MOST) {
            Name next = null;
            for (Record record : answer.getSection(Section.ANSWER)) {
                if (record instanceof CNAMERecord alias && alias.getName().equals(at)) {
                    next = alias.getTarget();
                }
            }
            if (next == null) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private DnsAnswer() {}
}
