REVOKE DELETE ON subject_keys FROM samtal_keystore;
DROP TABLE tombstones;
