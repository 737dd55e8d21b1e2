DROP TABLE calls, call_receipts, switches;
