package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What a name server may say, and what a client would make of it. */
class DnsAnswerTest {

    private static final String SIGNATURE = "A 8 2 300 20300101000000 20200101000000 1 example. AAAA";

    /** Answers queries for the A of one name until the socket is closed. */
    static void answer(DatagramSocket socket, String name) {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                Message answer = new Message(query.getHeader().getID());
                answer.getHeader().setFlag(Flags.QR);
                Record question = query.getQuestion();
                answer.addRecord(question, Section.QUESTION);
                if (question.getName().toString(true).equals(name) && question.getType() == Type.A) {
                    answer.addRecord(
                            new ARecord(question.getName(), DClass.IN, 5, InetAddress.getLoopbackAddress()),
                            Section.ANSWER);
                }
                byte[] bytes = answer.toWire();
                socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed, which the loop sees by itself.
            }
        }
    }

    /** @param records with commas between them, each as OWNER TYPE DATA */
    private static String problem(String records, int type) throws IOException {
        Name name = Name.fromString("shop.example.");
        Message answer = new Message();
        answer.getHeader().setFlag(Flags.QR);
        for (String record : records.isEmpty() ? new String[0] : records.split(", ")) {
            String[] parts = record.split(" ", 3);
            answer.addRecord(
                    Record.fromString(
                            Name.fromString(parts[0], Name.root),
                            Type.value(parts[1]),
                            DClass.IN,
                            60,
                            parts[2],
                            Name.root),
                    Section.ANSWER);
        }
        return DnsAnswer.problem(answer, name, type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop.example A 192.0.2.1 | A | ''",
                "SHOP.example A 192.0.2.1 | A | ''",
                "shop.example CNAME web.example., web.example A 192.0.2.1 | A | ''",
                "web.example A 192.0.2.1, shop.example CNAME web.example. | A | ''",
                "shop.example CNAME a.example., a.example CNAME b.example., b.example A 192.0.2.1 | A | ''",
                "shop.example A 0.0.0.0, shop.example A 192.0.2.1 | A | ''",
                "shop.example AAAA 2001:db8::1 | AAAA | ''",
                "'' | A | A was answered with no record",
                "shop.example CNAME web.example. | A | A was answered with none among 1 records",
                "other.example A 192.0.2.1 | A | A was answered with none among 1 records",
                "shop.example CNAME web.example., shop.example A 192.0.2.1 | A | A was answered with none among 2 records",
                "shop.example CNAME shop.example. | A | A was answered with none among 1 records",
                "shop.example CNAME a.example., a.example CNAME shop.example. | A | A was answered with none among 2 records",
                "shop.example TXT here | A | A was answered with none among 1 records",
                "shop.example AAAA 2001:db8::1 | A | A was answered with none among 1 records",
                "shop.example A 0.0.0.0 | A | A was answered with 0.0.0.0",
                "shop.example AAAA :: | AAAA | AAAA was answered with ::",
            })
    void onlyAnAddressOfTheNameThatWasAskedForIsAnAnswer(String records, String type, String problem)
            throws IOException {
        assertThat(problem(records, Type.value(type))).isEqualTo(problem);
    }

    @Test
    void aSignatureAloneIsNoAnswer() throws IOException {
        assertThat(problem("shop.example RRSIG " + SIGNATURE, Type.A))
                .isEqualTo("A was answered with none among 1 records");
    }

    @Test
    void anAnswerThatWasCutOffSaysSo() throws IOException {
        Message answer = new Message();
        answer.getHeader().setFlag(Flags.TC);
        assertThat(DnsAnswer.problem(answer, Name.fromString("shop.example."), Type.A))
                .isEqualTo("A was answered with no record, truncated");
        answer.getHeader().setRcode(Rcode.SERVFAIL);
        assertThat(DnsAnswer.problem(answer, Name.fromString("shop.example."), Type.AAAA))
                .isEqualTo("AAAA was answered with SERVFAIL");
    }
}
