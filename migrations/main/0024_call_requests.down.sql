DROP TABLE call_requests;
DROP TABLE switch_callbacks;
