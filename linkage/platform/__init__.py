"""What runs any job: running, lake, progress, setup, pages, configuration. It knows no police and no justice."""
