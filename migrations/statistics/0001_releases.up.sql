-- What the worker has been sent: figures with noise in them and small ones left out. Nothing here is about a person.
-- Epsilon and the noise's scale are those of the day of the release, so that a later change does not rewrite the past.
CREATE TABLE releases (
    epoch             integer     NOT NULL CHECK (epoch >= 0),
    metric            smallint    NOT NULL CHECK (metric > 0),
    micro_epsilon     integer     NOT NULL CHECK (micro_epsilon > 0),
    noise_numerator   bigint      NOT NULL CHECK (noise_numerator > 0),
    noise_denominator bigint      NOT NULL CHECK (noise_denominator > 0),
    stored_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (metric, epoch)
);

CREATE TABLE figures (
    epoch  integer  NOT NULL,
    metric smallint NOT NULL,
    bucket smallint NOT NULL CHECK (bucket >= 0),
    value  bigint   NOT NULL CHECK (value >= -1),
    PRIMARY KEY (metric, epoch, bucket),
    FOREIGN KEY (metric, epoch) REFERENCES releases
);

COMMENT ON TABLE  releases                   IS 'not personal';
COMMENT ON COLUMN releases.epoch             IS 'not personal; day since 1970-01-01 times 4096, plus the place on that day';
COMMENT ON COLUMN releases.metric            IS 'not personal';
COMMENT ON COLUMN releases.micro_epsilon     IS 'not personal';
COMMENT ON COLUMN releases.noise_numerator   IS 'not personal';
COMMENT ON COLUMN releases.noise_denominator IS 'not personal';
COMMENT ON COLUMN releases.stored_at         IS 'not personal';

COMMENT ON TABLE  figures        IS 'not personal';
COMMENT ON COLUMN figures.epoch  IS 'not personal';
COMMENT ON COLUMN figures.metric IS 'not personal';
COMMENT ON COLUMN figures.bucket IS 'not personal; a place in the labels of config/statistics.toml';
COMMENT ON COLUMN figures.value  IS 'not personal; -1: below the threshold';

GRANT SELECT, INSERT ON releases, figures TO samtal_aggregator;
