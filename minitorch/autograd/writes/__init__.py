"""Views, and writing in place: how both change history."""
