"""What the tests from outside share: the running platform, its people, and ways to speak to it."""
