"""Tables and queries, keys and secrets on disk, the hashing of passwords, habilitation, and the sending of mails."""
