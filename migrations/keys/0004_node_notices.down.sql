DROP TABLE node_notices;
