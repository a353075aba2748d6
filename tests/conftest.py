"""What all tests share: the plugin that chooses a PocketIC server and deploys once, and properties without a clock."""

from hypothesis import settings

pytest_plugins = ["local_replica.pytest_plugin"]

settings.register_profile("vex", parent=settings(), deadline=None)
settings.load_profile("vex")
