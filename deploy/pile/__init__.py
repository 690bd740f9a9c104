"""`make up`: the production shape under Docker Compose, with the demonstration of `make run`."""
