package dev.windrose.watch;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.windrose.model.Masked;

/** What an event says, in one line and without the passwords and tokens of addresses in it, whoever wrote it. */
public final class MaskedMessage extends MessageConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return Masked.of(String.valueOf(super.convert(event)).replaceAll("[\\r\\n]+", " "));
    }
}
