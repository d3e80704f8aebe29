"""Every deadline in the system: one kind of thing, started by one recorded event and settled by another."""
