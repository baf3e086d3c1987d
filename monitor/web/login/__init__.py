"""How somebody comes in, and what belongs to one's own account. Works without JavaScript, but for passkeys."""
