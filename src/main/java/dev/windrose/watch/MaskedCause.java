package dev.windrose.watch;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.windrose.model.Masked;

/** The stack trace of an event; drivers of databases write whole addresses into their messages. */
public final class MaskedCause extends ThrowableProxyConverter {

    @Override
    public String convert(ILoggingEvent event) {
        String trace = super.convert(event);
        return trace.isEmpty() ? trace : Masked.of(trace);
    }
}
