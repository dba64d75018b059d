package dev.windrose.boot;

import dev.windrose.boot.part.AccessPart;
import dev.windrose.boot.part.ApiPart;
import dev.windrose.boot.part.AuditPart;
import dev.windrose.boot.part.DecisionPart;
import dev.windrose.boot.part.DefinitionPart;
import dev.windrose.boot.part.FailoverPart;
import dev.windrose.boot.part.GeoPart;
import dev.windrose.boot.part.HealthPart;
import dev.windrose.boot.part.JournalPart;
import dev.windrose.boot.part.LatencyPart;
import dev.windrose.boot.part.ManagePart;
import dev.windrose.boot.part.MemberPart;
import dev.windrose.boot.part.MetricPart;
import dev.windrose.boot.part.OptimizePart;
import dev.windrose.boot.part.Part;
import dev.windrose.boot.part.ReportPart;
import dev.windrose.boot.part.TablePart;
import dev.windrose.boot.part.TlsPart;
import dev.windrose.boot.settings.Section;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.front.web.Resource;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a node: the one place that names each {@link Part}, in start order.
 *
 * @param parts all of them; each after those that it uses
 * @param api serves the calls of all parts
 */
public record Capabilities(List<Part> parts, ApiPart api) {

    public Capabilities {
        parts = List.copyOf(parts);
    }

    /** All parts, not started yet. */
    public static Capabilities all() {
        TlsPart tls = new TlsPart();
        JournalPart journal = new JournalPart();
        MemberPart member = new MemberPart(journal);
        HealthPart health = new HealthPart();
        LatencyPart latency = new LatencyPart(health);
        TablePart table = new TablePart(health, latency);
        AccessPart access = new AccessPart(table);
        GeoPart geo = new GeoPart(table, latency, access);
        MetricPart metrics = new MetricPart(journal, health, table, access);
        AuditPart audit = new AuditPart(journal);
        DefinitionPart rules = new DefinitionPart(journal, health, table, access, metrics, audit);
        DecisionPart decisions = new DecisionPart(health, table, geo, access, rules);
        ApiPart api = new ApiPart(tls, member, table, access, rules, decisions, audit);
        return new Capabilities(
                List.of(
                        tls,
                        member,
                        journal,
                        health,
                        latency,
                        table,
                        access,
                        geo,
                        metrics,
                        audit,
                        rules,
                        new ReportPart(health, table, rules),
                        new FailoverPart(health, table, rules),
                        new OptimizePart(table, rules),
                        decisions,
                        new ManagePart(tls, access, audit),
                        api),
                api);
    }

    /** The calls of all parts. */
    List<Resource> calls() {
        List<Resource> calls = new ArrayList<>();
        parts.forEach(part -> calls.addAll(part.calls()));
        return calls;
    }

    /**
     * All settings of a node, validated.
     *
     * @throws WrongSetting with one line, for the first invalid setting
     */
    public static Settings settings(Settings.Sources sources) {
        return Settings.load(sources, false, sections());
    }

    /** As {@link #settings}, for a node without authentication that listens on loopback only. */
    public static Settings devSettings(Settings.Sources sources) {
        return Settings.load(sources, true, sections());
    }

    private static List<Section<?>> sections() {
        List<Section<?>> sections = new ArrayList<>();
        all().parts().forEach(part -> sections.addAll(part.settings()));
        return sections;
    }
}
