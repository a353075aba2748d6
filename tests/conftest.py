"""What all tests share: the plugin that chooses a PocketIC server and deploys once."""

pytest_plugins = ["local_replica.pytest_plugin"]
