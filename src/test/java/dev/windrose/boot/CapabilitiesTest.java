package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.boot.part.Part;
import dev.windrose.boot.settings.Section;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

    @Test
    void noSectionIsReadByTwoPartsAndNoKindOfPartIsThereTwice() {
        List<Part> parts = Capabilities.all().parts();

        assertThat(parts).extracting(Part::getClass).doesNotHaveDuplicates();
        assertThat(parts.stream().flatMap(part -> part.settings().stream()).map(Section::toString))
                .doesNotHaveDuplicates();
    }

    @Test
    void partsThatHaveNotStartedCanBeStopped() {
        Capabilities.all().parts().forEach(part -> {
            part.notReady();
            part.close();
        });
    }
}
