-- Whether colleagues see that somebody is on a call, and how a switch's news of a call find the request it came from.
-- Owners: src/directory (profiles), src/dialing (call_requests).
ALTER TABLE profiles ADD COLUMN shows_calls boolean NOT NULL DEFAULT false;

-- Keyed for this table alone, so that it leads to nothing else; a call that is over has none.
ALTER TABLE call_requests ADD COLUMN follow_hash bytea CHECK (octet_length(follow_hash) = 32);
CREATE INDEX call_requests_followed ON call_requests (organisation_id, follow_hash) WHERE follow_hash IS NOT NULL;

COMMENT ON COLUMN profiles.shows_calls      IS 'personal; field=profiles.shows_calls; whether colleagues see that they are on a call';
COMMENT ON COLUMN call_requests.follow_hash IS 'personal; field=call_requests.follow_hash; keyed: the switch''s own id of the call, until it is over';
