"""The contact of a caller, its urgency, the queue and the routing."""
