"""What the tests stand on: a merchant written for them alone, which shares no code with the sandbox."""
