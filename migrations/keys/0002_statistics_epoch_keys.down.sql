DROP TABLE statistics_epoch_keys;
