"""What a version is made of, and how it is published. The only reader of ``conf/method``."""
