"""Rules of privacy: retention, legal holds, erasing."""
