"""The post office: what is to be told to whom, by which channel, and whether it left. Knows nothing of tickets."""
