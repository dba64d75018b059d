-- The journal of one region. AUTOINCREMENT: an ordering is never given twice, not even after the newest row was deleted.
CREATE TABLE IF NOT EXISTS "event_journal" (
    "ordering" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "deleted" BOOLEAN DEFAULT FALSE NOT NULL,
    "persistence_id" VARCHAR(255) NOT NULL,
    "sequence_number" BIGINT NOT NULL,
    "writer" VARCHAR(255) NOT NULL,
    "write_timestamp" BIGINT NOT NULL,
    "adapter_manifest" VARCHAR(255) NOT NULL,
    "event_payload" BLOB NOT NULL,
    "event_ser_id" INTEGER NOT NULL,
    "event_ser_manifest" VARCHAR(255) NOT NULL,
    "meta_payload" BLOB,
    "meta_ser_id" INTEGER,
    "meta_ser_manifest" VARCHAR(255)
);
CREATE UNIQUE INDEX IF NOT EXISTS "event_journal_numbers" ON "event_journal" ("persistence_id", "sequence_number");

CREATE TABLE IF NOT EXISTS "event_tag" (
    "event_id" BIGINT NOT NULL,
    "tag" VARCHAR(255) NOT NULL,
    PRIMARY KEY ("event_id", "tag"),
    CONSTRAINT "fk_event_journal" FOREIGN KEY ("event_id") REFERENCES "event_journal" ("ordering") ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS "snapshot" (
    "persistence_id" VARCHAR(255) NOT NULL,
    "sequence_number" BIGINT NOT NULL,
    "created" BIGINT NOT NULL,
    "snapshot_ser_id" INTEGER NOT NULL,
    "snapshot_ser_manifest" VARCHAR(255) NOT NULL,
    "snapshot_payload" BLOB NOT NULL,
    "meta_ser_id" INTEGER,
    "meta_ser_manifest" VARCHAR(255),
    "meta_payload" BLOB,
    PRIMARY KEY ("persistence_id", "sequence_number")
);

-- How far the journals of other regions were taken over.
CREATE TABLE IF NOT EXISTS "replication_cursor" (
    "source" VARCHAR(63) PRIMARY KEY,
    "incarnation" VARCHAR(40) NOT NULL,
    "ordering" BIGINT NOT NULL
);

-- Definitions whose events from another region could not be applied, and from which place on.
CREATE TABLE IF NOT EXISTS "parked" (
    "source" VARCHAR(63) NOT NULL,
    "persistence_id" VARCHAR(255) NOT NULL,
    "ordering" BIGINT NOT NULL,
    PRIMARY KEY ("source", "persistence_id")
);

-- What this database knows of itself: whether its region founded or joined a cluster, and the journal's incarnation.
CREATE TABLE IF NOT EXISTS "fact" (
    "name" VARCHAR(40) PRIMARY KEY,
    "text" VARCHAR(255) NOT NULL
);

-- Metrics that clients recorded.
CREATE TABLE IF NOT EXISTS "metric_sample" (
    "id" VARCHAR(40) PRIMARY KEY,
    "rule_id" VARCHAR(63) NOT NULL,
    "recorded_at_ms" BIGINT NOT NULL,
    "body" VARCHAR(8192) NOT NULL
);
CREATE INDEX IF NOT EXISTS "metric_sample_rule_idx" ON "metric_sample" ("rule_id", "recorded_at_ms");
CREATE INDEX IF NOT EXISTS "metric_sample_time_idx" ON "metric_sample" ("recorded_at_ms");
