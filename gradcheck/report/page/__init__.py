"""What stands on a report page: one tree of blocks, which every printer prints."""
