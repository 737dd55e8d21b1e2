DROP TABLE mail_links, sessions, credentials, invitations, users, organisations;
