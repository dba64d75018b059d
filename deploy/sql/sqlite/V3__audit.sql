-- Who did what, one chain for each node. Only ever added to, but for what is older than windrose.audit.keep.
CREATE TABLE IF NOT EXISTS "audit" (
    "chain" VARCHAR(255) NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "body" TEXT NOT NULL,
    PRIMARY KEY ("chain", "sequence")
);
CREATE INDEX IF NOT EXISTS "audit_time_idx" ON "audit" ("at_ms");
