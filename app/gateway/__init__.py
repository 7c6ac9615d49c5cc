"""The edges: two sockets, their HTTP fall-back, REST and pages. Status codes and error frames are decided here."""
