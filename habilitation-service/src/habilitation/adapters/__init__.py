"""The database of this service, and its neighbour identity."""
