DROP FUNCTION law_release(uuid, uuid[]);
DROP TABLE law_disclosure_people;
