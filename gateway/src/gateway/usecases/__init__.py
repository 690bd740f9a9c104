"""The one act of the gateway: the passage of a request."""
