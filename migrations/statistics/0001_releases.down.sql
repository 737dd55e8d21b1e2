DROP TABLE figures, releases;
