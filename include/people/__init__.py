"""Who is who: the normal forms of addresses, names and phone numbers, and which contacts are one person. Pure."""
