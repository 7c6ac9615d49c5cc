"""How good is an engine on rows of one's own? What `honeydesk bot evaluate` computes."""
