-- Whose number it was that an authority got records of (LEK 9:21). They are told when the case allows it; until then no product role sees
-- that it happened. Owner: src/retention.
CREATE TABLE law_disclosure_people (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    disclosure_id   uuid        NOT NULL REFERENCES law_disclosures ON DELETE CASCADE,
    disclosed_at    timestamptz NOT NULL,
    told_at         timestamptz,
    PRIMARY KEY (organisation_id, user_id, disclosure_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX law_disclosure_people_of ON law_disclosure_people (disclosure_id);
CREATE INDEX law_disclosure_people_by_age ON law_disclosure_people (disclosed_at);

-- As the disclosure itself: two different administrators, both active, answer for it. Gives the case's number.
CREATE FUNCTION law_release(disclosure uuid, admins uuid[]) RETURNS TABLE (case_reference text, given_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM users u WHERE u.user_id = ANY (admins) AND u.role = 'admin' AND u.state = 'active') <> 2 THEN
        RAISE EXCEPTION 'two administrators are needed' USING ERRCODE = 'SA001';
    END IF;
    RETURN QUERY SELECT d.case_number, d.disclosed_at FROM law_disclosures d WHERE d.disclosure_id = disclosure;
END $$;
REVOKE ALL ON FUNCTION law_release(uuid, uuid[]) FROM PUBLIC;

COMMENT ON TABLE  law_disclosure_people                 IS 'personal; holder=retention; purpose=law_retention; keep=register:rights_and_evidence';
COMMENT ON COLUMN law_disclosure_people.organisation_id IS 'not personal';
COMMENT ON COLUMN law_disclosure_people.user_id         IS 'personal; field=law_disclosure_people.user_id';
COMMENT ON COLUMN law_disclosure_people.disclosure_id   IS 'not personal';
COMMENT ON COLUMN law_disclosure_people.disclosed_at    IS 'personal; field=law_disclosure_people.disclosed_at';
COMMENT ON COLUMN law_disclosure_people.told_at         IS 'not personal; when the person could see it; null while the case forbids';
