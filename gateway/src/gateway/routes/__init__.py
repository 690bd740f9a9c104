"""The public door: the way of every request, and the gateway's own pages."""
