"""The pure ASGI layers around the app, and what they are made of."""
