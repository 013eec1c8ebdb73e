"""What must hold under attack: every address, every role, every field, walked by the table in urls.py."""
