"""What every service stands on: doors, contracts, events, the outbox, who asks, what time it is. Knows no service."""
