"""Live rooms, whoever talks in them: guard, hub, doorbell, durable writer."""
