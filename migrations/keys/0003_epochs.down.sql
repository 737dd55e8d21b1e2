DROP TABLE nodes, erasure_generation, tombstones;
REVOKE ALL ON subject_keys, statistics_epoch_keys FROM samtal_keys_rotator;
REVOKE DELETE ON subject_keys FROM samtal_keystore;
ALTER TABLE statistics_epoch_keys DROP COLUMN wrapped_in;
DROP FUNCTION lock_open_epoch();
DROP TABLE key_epochs;
