-- Which node of the region may end the others when they cannot reach each other, and until when, in milliseconds since 1970.
CREATE TABLE IF NOT EXISTS "lease" (
    "name" VARCHAR(255) PRIMARY KEY,
    "owner" VARCHAR(255) NOT NULL,
    "until" BIGINT NOT NULL
);
