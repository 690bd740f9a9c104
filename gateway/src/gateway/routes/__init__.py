"""The public listener: raw ASGI on the way of every request, and the gateway's own pages."""
