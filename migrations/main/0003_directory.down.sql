DROP TABLE phone_assignments, profiles;
