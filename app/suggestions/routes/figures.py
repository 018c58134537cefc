"""Reports on suggestions: by unit, class, field, township, proposer, source; time to reply."""
