package dev.windrose.boot.part;

import dev.windrose.front.api.OptimizeResource;
import dev.windrose.front.web.Resource;
import dev.windrose.live.edit.Optimizer;
import dev.windrose.live.table.Director;
import java.util.List;

/** Recommends better geographic rules, and applies recommendations. */
public final class OptimizePart implements Part {

    private final TablePart table;
    private final DefinitionPart rules;
    private final SetOnce<DataPlane> plane = new SetOnce<>("optimizer");

    public OptimizePart(TablePart table, DefinitionPart rules) {
        this.table = table;
        this.rules = rules;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
    }

    @Override
    public List<Resource> calls() {
        Director director = table.director();
        Optimizer optimizer =
                new Optimizer(rules.editor(), director, plane.get().clock()::epochMs);
        return List.of(new OptimizeResource(optimizer, director, rules.edits()));
    }
}
