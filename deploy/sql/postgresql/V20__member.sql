-- The nodes of this region as they beat here, by this database's clock, and who was taken for gone. What was taken for gone
-- writes nothing any more, however late it wakes; what is not in here writes nothing either.
CREATE TABLE IF NOT EXISTS "member" (
    "id" VARCHAR(40) PRIMARY KEY,
    "epoch" BIGINT NOT NULL,
    "address" VARCHAR(300) NOT NULL,
    "uid" BIGINT NOT NULL,
    "beat" TIMESTAMP WITH TIME ZONE NOT NULL,
    "up" BOOLEAN NOT NULL,
    "cluster" VARCHAR(80) NOT NULL,
    "regions" INTEGER NOT NULL,
    "nodes" INTEGER NOT NULL,
    "downed" TIMESTAMP WITH TIME ZONE,
    "downed_by" VARCHAR(40)
);
CREATE INDEX IF NOT EXISTS "member_address_idx" ON "member" ("address");

-- Raised whenever a node enters or one is taken for gone.
CREATE TABLE IF NOT EXISTS "region_epoch" (
    "name" VARCHAR(10) PRIMARY KEY,
    "epoch" BIGINT NOT NULL
);
INSERT INTO "region_epoch" ("name", "epoch") VALUES ('region', 0) ON CONFLICT DO NOTHING;

-- Part of every transaction that writes. The shared lock makes whoever takes a member for gone wait for what that member is
-- writing; a connection that names no member is that of a tool.
CREATE OR REPLACE FUNCTION windrose_fence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    self TEXT := current_setting('windrose.member', true);
BEGIN
    IF self IS NULL OR self = '' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(8020, hashtext(self));
    PERFORM 1 FROM "member" WHERE "id" = self AND "downed" IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'member % was taken for gone by another node of its region and writes nothing', self
            USING ERRCODE = 'WR001';
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS windrose_fence ON "event_journal";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "event_journal"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
DROP TRIGGER IF EXISTS windrose_fence ON "snapshot";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "snapshot"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
DROP TRIGGER IF EXISTS windrose_fence ON "replication_cursor";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "replication_cursor"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
DROP TRIGGER IF EXISTS windrose_fence ON "parked";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "parked"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
DROP TRIGGER IF EXISTS windrose_fence ON "fact";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "fact"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
DROP TRIGGER IF EXISTS windrose_fence ON "metric_sample";
CREATE TRIGGER windrose_fence BEFORE INSERT OR UPDATE OR DELETE ON "metric_sample"
    FOR EACH STATEMENT EXECUTE FUNCTION windrose_fence();
