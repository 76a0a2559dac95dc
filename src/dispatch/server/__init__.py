"""What an editor sees while writing: ``preview``."""
