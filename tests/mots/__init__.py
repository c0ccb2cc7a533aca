"""The site in words that are nobody's, «⟦…⟧», so that what no catalogue words stands out; and what a territory words, all the way."""
