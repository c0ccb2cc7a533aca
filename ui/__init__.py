"""What pages share: templates of cards, fiches and articles, the map, the URL sync, empty and error states."""
