"""The foundation's part of the REST API: sheets and batches. Same services, permissions and scope as the pages."""
