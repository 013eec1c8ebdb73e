"""What templates of tickets may ask for."""
