"""What the gateway touches: contracts, keys and tokens, its outbox, the services."""
