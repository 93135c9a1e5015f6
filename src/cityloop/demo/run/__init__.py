"""Running the made city: making it with a history, devices that send, staff that act, and going on where it stopped."""
