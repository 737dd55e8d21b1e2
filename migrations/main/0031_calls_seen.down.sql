DROP INDEX call_requests_followed;
ALTER TABLE call_requests DROP COLUMN follow_hash;
ALTER TABLE profiles DROP COLUMN shows_calls;
