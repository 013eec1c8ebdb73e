"""Long measurements on PostgreSQL, for `make bench` alone: no test run collects files named as these are."""
