DROP TRIGGER directory_change ON profiles;
DROP TRIGGER directory_change ON phone_assignments;
DROP TRIGGER directory_change ON users;
DROP FUNCTION count_directory_change();
DROP TABLE directory_versions;
