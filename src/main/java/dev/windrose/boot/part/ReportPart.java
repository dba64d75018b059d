package dev.windrose.boot.part;

import dev.windrose.boot.settings.HttpSection;
import dev.windrose.front.api.HealthMatrixResource;
import dev.windrose.front.api.HealthResource;
import dev.windrose.front.api.OverrideResource;
import dev.windrose.front.web.Resource;
import java.util.List;

/** Reads of health, and statements of people and programs about it. */
public final class ReportPart implements Part {

    private final HealthPart health;
    private final TablePart table;
    private final DefinitionPart rules;
    private final SetOnce<DataPlane> plane = new SetOnce<>("reports");

    public ReportPart(HealthPart health, TablePart table, DefinitionPart rules) {
        this.health = health;
        this.table = table;
        this.rules = rules;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        return List.of(
                new HealthResource(
                        table.director(), health::picture, data.running()::readiness, health::report, rules.edits()),
                new HealthMatrixResource(
                        data.self(),
                        table.director(),
                        health::look,
                        data.settings().of(HttpSection.HTTP)),
                new OverrideResource(table.director(), data.clock(), health.secondApprover(), rules.edits()));
    }
}
