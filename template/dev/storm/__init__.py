"""`make storm`: orders of every kind while everything is killed, again and again; then the balance."""
