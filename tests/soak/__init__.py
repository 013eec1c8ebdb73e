"""A day of a support house, short or long, on the real parts: ``make soak``, and in its shortest form in the suite."""
