-- Contributions to anonymous statistics until their epoch is closed, and what was released. Owner: src/statistics.
-- An epoch's number is its day since 1970-01-01 times 4096, plus its place on that day: closing one by hand begins the next.
CREATE TABLE statistics_epochs (
    epoch     integer     PRIMARY KEY CHECK (epoch >= 0),
    closed_at timestamptz
);
CREATE INDEX statistics_epochs_open ON statistics_epochs (epoch) WHERE closed_at IS NULL;

-- What one person did, as small bounded numbers. The pseudonym is a keyed hash under the epoch's own key, which only the
-- key store holds: with the key gone, the rows of two epochs cannot be joined and lead to nobody.
CREATE TABLE statistics_contributions (
    epoch     integer  NOT NULL REFERENCES statistics_epochs,
    pseudonym bytea    NOT NULL CHECK (octet_length(pseudonym) = 32),
    metric    smallint NOT NULL,
    bucket    smallint NOT NULL CHECK (bucket >= 0),
    value     integer  NOT NULL CHECK (value > 0),
    PRIMARY KEY (epoch, pseudonym, metric, bucket)
);

-- Which of the servers' flushes have arrived, so that one that is repeated counts once.
CREATE TABLE statistics_flushes (
    flush_id uuid    PRIMARY KEY,
    epoch    integer NOT NULL REFERENCES statistics_epochs
);
CREATE INDEX statistics_flushes_by_epoch ON statistics_flushes (epoch);

-- The privacy budget: what each release cost, in millionths of epsilon.
CREATE TABLE statistics_budget (
    year          smallint NOT NULL,
    metric        smallint NOT NULL,
    epoch         integer  NOT NULL REFERENCES statistics_epochs,
    micro_epsilon integer  NOT NULL CHECK (micro_epsilon > 0),
    PRIMARY KEY (year, metric, epoch)
);

-- Releases on their way to the worker.
CREATE TABLE statistics_outbox (
    epoch        integer     PRIMARY KEY REFERENCES statistics_epochs,
    frames       bytea       NOT NULL CHECK (octet_length(frames) > 0 AND octet_length(frames) % 16 = 0),
    delivered_at timestamptz
);
CREATE INDEX statistics_outbox_waiting ON statistics_outbox (epoch) WHERE delivered_at IS NULL;

COMMENT ON TABLE  statistics_epochs           IS 'not personal';
COMMENT ON COLUMN statistics_epochs.epoch     IS 'not personal';
COMMENT ON COLUMN statistics_epochs.closed_at IS 'not personal';

COMMENT ON TABLE  statistics_contributions           IS 'personal; holder=statistics; purpose=anonymous_statistics; keep=register:anonymous_statistics';
COMMENT ON COLUMN statistics_contributions.epoch     IS 'not personal';
COMMENT ON COLUMN statistics_contributions.pseudonym IS 'personal; field=statistics_contributions.pseudonym; keyed hash, the key lives until the epoch is closed';
COMMENT ON COLUMN statistics_contributions.metric    IS 'not personal; a number of config/statistics.toml';
COMMENT ON COLUMN statistics_contributions.bucket    IS 'not personal; a number of config/statistics.toml';
COMMENT ON COLUMN statistics_contributions.value     IS 'personal; field=statistics_contributions.value; bounded';

COMMENT ON TABLE  statistics_flushes          IS 'not personal';
COMMENT ON COLUMN statistics_flushes.flush_id IS 'not personal; random';
COMMENT ON COLUMN statistics_flushes.epoch    IS 'not personal';

COMMENT ON TABLE  statistics_budget               IS 'not personal';
COMMENT ON COLUMN statistics_budget.year          IS 'not personal; of the epoch''s day';
COMMENT ON COLUMN statistics_budget.metric        IS 'not personal';
COMMENT ON COLUMN statistics_budget.epoch         IS 'not personal';
COMMENT ON COLUMN statistics_budget.micro_epsilon IS 'not personal';

COMMENT ON TABLE  statistics_outbox              IS 'not personal; noise and threshold have been applied';
COMMENT ON COLUMN statistics_outbox.epoch        IS 'not personal';
COMMENT ON COLUMN statistics_outbox.frames       IS 'not personal; metric, bucket, epoch, value: 16 bytes each, big-endian';
COMMENT ON COLUMN statistics_outbox.delivered_at IS 'not personal; when the worker had stored them';
