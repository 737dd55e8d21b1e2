-- Calls that fade, are found by who was on the other side, and carry a note of their owner. Owner: src/calls.
ALTER TABLE calls
    ADD COLUMN stage            text  NOT NULL DEFAULT 'full' CHECK (stage IN ('full', 'masked', 'token', 'removed')),
    ADD COLUMN counterpart_hash bytea CHECK (octet_length(counterpart_hash) = 32),
    ADD COLUMN note             bytea CHECK (octet_length(note) BETWEEN 41 AND 8192),
    ALTER COLUMN source_hash DROP NOT NULL,
    -- What says who was on the other side goes when the number does.
    ADD CHECK (stage = 'full' OR (source_hash IS NULL AND counterpart_hash IS NULL AND part_hash IS NULL)),
    ADD CHECK (stage <> 'removed' OR counterpart IS NULL);
-- For a filter of the history, and for an erasure, which finds its person in everybody's calls by everybody's hash.
CREATE INDEX calls_of_counterpart ON calls (owner_id, counterpart_hash) WHERE counterpart_hash IS NOT NULL;

COMMENT ON COLUMN calls.stage            IS 'personal; field=calls.stage; how far the row has faded; removed: the other side was erased';
COMMENT ON COLUMN calls.counterpart_hash IS 'personal; field=calls.counterpart_hash; keyed per owner, as source_hash';
COMMENT ON COLUMN calls.note             IS 'personal; field=calls.note; cipher; what the owner wrote about the call';
