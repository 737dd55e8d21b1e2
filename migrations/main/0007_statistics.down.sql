DROP TABLE statistics_outbox, statistics_budget, statistics_flushes, statistics_contributions, statistics_epochs;
