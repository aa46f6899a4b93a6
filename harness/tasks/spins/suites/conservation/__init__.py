"""What the equations of motion conserve, for methods and for the answers of a subject."""
