"""What an operator can do, one function each; the work is done in the room that each one names."""
