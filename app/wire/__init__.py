"""The one strict schema of both sockets: what a customer and a member of staff may send, and what they get."""
