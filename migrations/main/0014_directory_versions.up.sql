-- Counts the changes of what a search of the directory reads, so that a server knows whether its index in memory is current.
-- Owner: src/directory. Counted at the commit: the row is locked for a moment only, and last.
CREATE TABLE directory_versions (
    organisation_id uuid   PRIMARY KEY REFERENCES organisations,
    version         bigint NOT NULL
);

CREATE FUNCTION count_directory_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO directory_versions AS d (organisation_id, version) VALUES (coalesce(NEW.organisation_id, OLD.organisation_id), 1)
    ON CONFLICT (organisation_id) DO UPDATE SET version = d.version + 1;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION count_directory_change() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER directory_change AFTER INSERT OR UPDATE OR DELETE ON profiles
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_directory_change();
CREATE CONSTRAINT TRIGGER directory_change AFTER INSERT OR UPDATE OR DELETE ON phone_assignments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_directory_change();
CREATE CONSTRAINT TRIGGER directory_change AFTER UPDATE OF state, restricted_at ON users
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_directory_change();

COMMENT ON TABLE  directory_versions                 IS 'not personal';
COMMENT ON COLUMN directory_versions.organisation_id IS 'not personal';
COMMENT ON COLUMN directory_versions.version         IS 'not personal; counts changes';
