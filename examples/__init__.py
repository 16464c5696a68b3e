"""Programs that use minitorch the way a reader of this repository would."""
